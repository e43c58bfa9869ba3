// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads spans of time as systemd writes them (systemd.time(7)). */
public final class TimeSpan {

    private static final Pattern PART = Pattern.compile("(\\d{1,18})(us|ms|s|min|h|d|w|month|y)");

    private TimeSpan() {}

    /** A span such as {@code 1min 30s}; empty for infinity. */
    public static Optional<Duration> parse(String text) {
        if (text.equals("infinity")) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            long number = Long.parseLong(parts.group(1));
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
