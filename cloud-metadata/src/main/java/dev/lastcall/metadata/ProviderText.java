// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

/** Text from outside, made fit for a log line, a label or a terminal. */
public final class ProviderText {

    private ProviderText() {}

    /** The first {@code max} characters of {@code text}, each control, format or surrogate character shown as a dot. */
    public static String printable(String text, int max) {
        int length = Math.min(text.length(), max);
        StringBuilder printable = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            printable.append(isPlain(c) ? c : '.');
        }
        return printable.toString();
    }

    private static boolean isPlain(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE
                && type != Character.UNASSIGNED
                && type != Character.LINE_SEPARATOR && type != Character.PARAGRAPH_SEPARATOR;
    }
}
