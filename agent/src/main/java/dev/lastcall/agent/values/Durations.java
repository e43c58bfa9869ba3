// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Durations as people write them: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1m30s}, {@code 24h}, {@code 2d}. */
public final class Durations {

    /** Longest duration that is read; beyond it a value is taken for a slip of the pen. */
    public static final Duration MAX = Duration.ofDays(366);

    private static final Pattern SHAPE = Pattern
            .compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    private Durations() {}

    /**
     * Reads a duration. Every number needs its unit; units stand in falling order, each at most once.
     *
     * @throws IllegalArgumentException if the text is none or is longer than {@link #MAX}
     */
    public static Duration parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("is no duration");
        }
        Duration duration = Duration.ofDays(number(matcher.group(1)))
                .plusHours(number(matcher.group(2)))
                .plusMinutes(number(matcher.group(3)))
                .plusSeconds(number(matcher.group(4)))
                .plusMillis(number(matcher.group(5)));
        if (duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("is longer than " + format(MAX));
        }
        return duration;
    }

    /** Writes a duration so that {@link #parse} reads it back, to the millisecond. */
    public static String format(Duration duration) {
        if (duration.toMillis() == 0) {
            return "0s";
        }
        return part(duration.toDaysPart(), "d") + part(duration.toHoursPart(), "h")
                + part(duration.toMinutesPart(), "m")
                + part(duration.toSecondsPart(), "s") + part(duration.toMillisPart(), "ms");
    }

    private static String part(long number, String unit) {
        return number == 0 ? "" : number + unit;
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
