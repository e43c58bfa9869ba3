// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import dev.lastcall.warmup.text.SafeText;

/** Colours for a terminal, or none. */
public final class AnsiColors {

    private static final String RESET = "\u001b[0m";

    private final boolean colour;

    /** With colours or without. */
    public AnsiColors(boolean colour) {
        this.colour = colour;
    }

    /** In the colour of what is wrong. */
    public String bad(String text) {
        return paint("\u001b[1;31m", text);
    }

    /** In the colour of what is well. */
    public String good(String text) {
        return paint("\u001b[32m", text);
    }

    /** In the colour of what is to be looked at. */
    public String warning(String text) {
        return paint("\u001b[33m", text);
    }

    /** In the colour of what is beside the point. */
    public String dim(String text) {
        return paint("\u001b[2m", text);
    }

    /** In the colour of what is a name. */
    public String strong(String text) {
        return paint("\u001b[1m", text);
    }

    private String paint(String code, String text) {
        return colour && !text.isEmpty() ? code + text + RESET : text;
    }

    /** Text from elsewhere, made harmless: no control or direction characters, and no secrets of addresses, reach the terminal. */
    public static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        SafeText.of(text)
                .codePoints()
                .forEach(c -> plain
                        .appendCodePoint(
                                Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return plain.toString();
    }

    /** The text in at most so many columns. */
    public static String fit(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, Math.max(0, columns - 1)) + "…";
    }
}
