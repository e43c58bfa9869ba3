// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.lastcall.agent.systemd.TimeSpan;

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

    static UnitState parse(String properties) {
        Map<String, String> values = properties.lines()
                .filter(line -> line.contains("="))
                .collect(Collectors.toMap(line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 1).strip(), (first, second) -> first));
        return new UnitState(values.getOrDefault("LoadState", "").equals("loaded"),
                values.getOrDefault("ActiveState", "unknown"), number(values.getOrDefault("MainPID", "0")),
                values.getOrDefault("KillMode", "control-group"),
                TimeSpan.parse(values.getOrDefault("TimeoutStopUSec", "")));
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
}
