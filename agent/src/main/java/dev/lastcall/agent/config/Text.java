// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How messages show text from outside: quoted, shortened, harmless on a terminal; and what was probably meant. */
final class Text {

    private static final int MAX_SHOWN = 80;

    private Text() {}

    static String quote(String text) {
        return '"' + shorten(text) + '"';
    }

    static String shorten(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(MAX_SHOWN)
                .forEach(
                        c -> shown.appendCodePoint(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                                ? '?'
                                : c));
        return text.codePointCount(0, text.length()) > MAX_SHOWN ? shown + "…" : shown.toString();
    }

    /** The candidate that was most likely meant, if any comes near. */
    static Optional<String> nearest(String written, Collection<String> candidates) {
        if (written.length() > MAX_SHOWN) {
            return Optional.empty();
        }
        int bound = Math.max(2, written.length() / 3);
        return candidates.stream()
                .filter(candidate -> distance(written, candidate) <= bound)
                .min(Comparator.comparingInt(candidate -> distance(written, candidate)));
    }

    static String didYouMean(String written, Collection<String> candidates) {
        return nearest(written, candidates).map(meant -> "; did you mean " + meant + "?").orElse("");
    }

    /** Levenshtein's distance, blind to case and to the hyphens and underscores of other spellings. */
    private static int distance(String left, String right) {
        String a = fold(left);
        String b = fold(right);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static String fold(String text) {
        return text.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }
}
