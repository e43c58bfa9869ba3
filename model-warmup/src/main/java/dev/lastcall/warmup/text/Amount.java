// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.text;

import java.util.Locale;

/** Sizes as people read them. */
public final class Amount {

    private static final String UNITS = "KMGTPE";
    private static final int STEP = 1024;

    /** From here on a decimal adds nothing. */
    private static final int MANY = 100;

    private Amount() {}

    /** Such as {@code 512 B}, {@code 1.5 MiB} or {@code 720 MiB}. */
    public static String of(long bytes) {
        if (bytes < STEP) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= STEP && unit < UNITS.length() - 1) {
            amount /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, amount < MANY ? "%.1f %siB" : "%.0f %siB", amount, UNITS.charAt(unit));
    }

    /** Of a number in text, as a store sends it; the text itself where it is no number. */
    public static String of(String bytes) {
        return bytes.matches("\\d{1,18}") ? of(Long.parseLong(bytes)) : bytes;
    }
}
