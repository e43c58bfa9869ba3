// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** What others say, fit to be shown: a library's message, a server's text. */
public final class Said {

    private static final int MAX_CHARACTERS = 300;

    private static final Pattern CLASS_NAME = Pattern.compile("(?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:: ?|\\b)");

    private Said() {}

    /** One line without names of classes, of bounded length; empty for nothing. */
    public static String plain(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String line = CLASS_NAME.matcher(text).replaceAll("").replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() > MAX_CHARACTERS ? line.substring(0, MAX_CHARACTERS) + "…" : line;
    }
}
