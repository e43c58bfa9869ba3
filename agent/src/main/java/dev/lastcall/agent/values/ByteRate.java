// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bandwidth as people write it: {@code 200MiB/s} in bytes, {@code 500Mbit/s} in bits as networks are sold, or
 * {@code unlimited}.
 *
 * @param bytesPerSecond the limit; 0 for none
 */
public record ByteRate(long bytesPerSecond) {

    /** What is allowed, for messages. */
    public static final String ALLOWED = "a rate such as 200MiB/s, 500Mbit/s or 10Gbit/s, or unlimited";

    /** No limit. */
    public static final ByteRate UNLIMITED = new ByteRate(0);

    private static final String UNLIMITED_WORD = "unlimited";
    private static final Pattern BITS = Pattern.compile("(\\d{1,12})(k|M|G)bit/s");
    private static final String PER_SECOND = "/s";
    private static final long BITS_PER_BYTE = 8;

    /** Below this nothing would get forward. */
    private static final long MIN_BYTES_PER_SECOND = 1024;

    public ByteRate {
        if (bytesPerSecond != 0 && bytesPerSecond < MIN_BYTES_PER_SECOND) {
            throw new IllegalArgumentException("is less than 1KiB/s");
        }
    }

    /**
     * Reads a rate.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static ByteRate parse(String text) {
        if (text.equals(UNLIMITED_WORD)) {
            return UNLIMITED;
        }
        Matcher bits = BITS.matcher(text);
        long bytes = -1;
        if (bits.matches()) {
            long unit = switch (bits.group(2)) {
                case "k" -> 1_000;
                case "M" -> 1_000_000;
                default -> 1_000_000_000;
            };
            try {
                bytes = Math.multiplyExact(Long.parseLong(bits.group(1)), unit) / BITS_PER_BYTE;
            } catch (ArithmeticException overflow) {
                throw new IllegalArgumentException("is too large", overflow);
            }
        } else if (text.endsWith(PER_SECOND)) {
            bytes = ByteSize.parse(text.substring(0, text.length() - PER_SECOND.length())).bytes();
        }
        if (bytes <= 0) {
            throw new IllegalArgumentException("is no rate");
        }
        return new ByteRate(bytes);
    }

    /** The rate in bytes; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return bytesPerSecond == 0 ? UNLIMITED_WORD : new ByteSize(bytesPerSecond) + PER_SECOND;
    }
}
