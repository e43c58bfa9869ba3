// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which files of a model are wanted, by patterns over their relative names: {@code *} is anything within a component,
 * {@code **} also across components, {@code ?} one character; a pattern without a slash applies to the last component, one
 * that ends with a slash to everything below that folder.
 *
 * @param include wanted if one matches; empty for all
 * @param exclude not wanted if one matches, whatever {@code include} says
 */
public record Selection(List<String> include, List<String> exclude) {

    /** Every file. */
    public static final Selection ALL = new Selection(List.of(), List.of());

    /** Copies. */
    public Selection {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** Whether the file is wanted. */
    public boolean wants(String path) {
        return (include.isEmpty() || include.stream().anyMatch(pattern -> matches(pattern, path)))
                && exclude.stream().noneMatch(pattern -> matches(pattern, path));
    }

    private static boolean matches(String pattern, String path) {
        String whole = pattern.endsWith("/") ? pattern + "**" : pattern;
        String subject = whole.indexOf('/') < 0 ? path.substring(path.lastIndexOf('/') + 1) : path;
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            if (c == '*' && i + 1 < whole.length() && whole.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return subject.matches(regex.toString());
    }
}
