// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What {@code systemctl show} says about a unit.
 *
 * @param exists whether systemd has loaded such a unit
 * @param activeState active, activating, deactivating, inactive, failed, …
 * @param mainPid its main process; 0 where it has none
 * @param killMode who gets the signals of a stop
 * @param stopTimeout how long a stop may take before systemd kills; empty for ever
 */
record UnitState(boolean exists, String activeState, long mainPid, String killMode, Optional<Duration> stopTimeout) {

    static final String PROPERTIES = "LoadState,ActiveState,MainPID,KillMode,TimeoutStopUSec";

    private static final Pattern SPAN = Pattern.compile("(\\d+)(us|ms|s|min|h|d|w|month|y)");

    static UnitState parse(String properties) {
        Map<String, String> values = properties.lines()
                .filter(line -> line.contains("="))
                .collect(Collectors.toMap(line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 1).strip(), (first, second) -> first));
        return new UnitState(values.getOrDefault("LoadState", "").equals("loaded"),
                values.getOrDefault("ActiveState", "unknown"), number(values.getOrDefault("MainPID", "0")),
                values.getOrDefault("KillMode", "control-group"), span(values.getOrDefault("TimeoutStopUSec", "")));
    }

    /** Nothing of it runs and nothing of it is about to be started. */
    boolean isDown() {
        return exists && mainPid == 0 && (activeState.equals("inactive") || activeState.equals("failed"));
    }

    /** A stop signals the main process only, and leaves it so long. */
    boolean stopsMainOnly(Duration bound) {
        return (killMode.equals("mixed") || killMode.equals("process"))
                && stopTimeout.map(timeout -> timeout.compareTo(bound) >= 0).orElse(true);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A span as systemd writes it, such as {@code 1min 30s} (systemd.time(7)); empty for infinity. */
    private static Optional<Duration> span(String text) {
        if (text.equals("infinity")) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        Matcher parts = SPAN.matcher(text);
        while (parts.find()) {
            long number = number(parts.group(1));
            sum = sum.plus(switch (parts.group(2)) {
                case "us" -> Duration.ofNanos(number * 1000);
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "min" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            });
        }
        return Optional.of(sum);
    }
}
