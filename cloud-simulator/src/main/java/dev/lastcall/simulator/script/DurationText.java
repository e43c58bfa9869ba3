// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as scripts write them: {@code 10s}, {@code 1m30s}, {@code 250ms}, {@code -1h}; and {@code 0}. */
public final class DurationText {

    /** What an error message says is allowed. */
    static final String ALLOWED = "a duration such as 250ms, 10s, 1m30s or 2h";

    /** The pattern of one duration, without groups, for use inside other patterns. */
    static final String PATTERN = "-?(?:\\d{1,9}h)?(?:\\d{1,9}m)?(?:\\d{1,9}s)?(?:\\d{1,9}ms)?(?:\\d{1,9}us)?(?:\\d{1,9}ns)?";

    private static final Pattern UNITS = Pattern
            .compile(
                    "(-?)(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?(?:(\\d{1,9})us)?(?:(\\d{1,9})ns)?");
    private static final Duration[] UNIT = {Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1),
        Duration.ofMillis(1), Duration.ofNanos(1000), Duration.ofNanos(1)};

    private DurationText() {}

    /** The duration that the text names, or empty when it names none. */
    static Optional<Duration> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher units = UNITS.matcher(text);
        if (!units.matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        boolean named = false;
        for (int i = 0; i < UNIT.length; i++) {
            String count = units.group(i + 2);
            if (count != null) {
                sum = sum.plus(UNIT[i].multipliedBy(Long.parseLong(count)));
                named = true;
            }
        }
        return named ? Optional.of(units.group(1).isEmpty() ? sum : sum.negated()) : Optional.empty();
    }

    /** The shortest text that {@link #parse} turns back into the same duration. */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        Duration size = duration.abs();
        StringBuilder text = new StringBuilder(duration.isNegative() ? "-" : "");
        append(text, size.toHours(), "h");
        append(text, size.toMinutesPart(), "m");
        append(text, size.toSecondsPart(), "s");
        append(text, size.toMillisPart(), "ms");
        append(text, size.toNanosPart() / 1000 % 1000, "us");
        append(text, size.toNanosPart() % 1000, "ns");
        return text.toString();
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count != 0) {
            text.append(count).append(unit);
        }
    }
}
