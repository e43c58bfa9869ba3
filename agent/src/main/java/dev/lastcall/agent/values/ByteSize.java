// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: {@code 512B}, {@code 64KiB}, {@code 8MiB}, {@code 1GiB}.
 *
 * @param bytes the number, not negative
 */
public record ByteSize(long bytes) {

    /** What is allowed, for messages. */
    public static final String ALLOWED = "a size such as 64KiB, 8MiB or 1GiB";

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("is negative");
        }
    }

    /**
     * Reads a size: a whole number and a binary unit.
     *
     * @throws IllegalArgumentException if the text is none, or more than a {@code long} holds
     */
    public static ByteSize parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is no size");
        }
        long bytes = Long.parseLong(matcher.group(1));
        try {
            for (String unit : UNITS) {
                if (unit.equals(matcher.group(2))) {
                    return new ByteSize(bytes);
                }
                bytes = Math.multiplyExact(bytes, STEP);
            }
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException("is too large", overflow);
        }
        throw new IllegalArgumentException("is no size");
    }

    /** The size in the largest unit that keeps it whole; {@link #parse} reads it back. */
    @Override
    public String toString() {
        long number = bytes;
        int unit = 0;
        while (number != 0 && number % STEP == 0 && unit < UNITS.length - 1) {
            number /= STEP;
            unit++;
        }
        return number + UNITS[unit];
    }
}
