// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** What an operator must read whole: wrapped, never cut. */
public final class WrappedText {

    private static final String FIRST = "! ";

    private WrappedText() {}

    /** The lines, in the colour of what is to be looked at. */
    static List<String> lines(String text, AnsiColors ansiColors, int width) {
        return of(FIRST, text, FIRST.length(), width).stream().map(ansiColors::warning).toList();
    }

    /**
     * The lines; only a word that is longer than the width sticks out.
     *
     * @param head begins the first line
     * @param text made harmless for a terminal
     * @param indent of each further line, in columns
     */
    public static List<String> of(String head, String text, int indent, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(head);
        boolean empty = true;
        for (String word : AnsiColors.plain(text).split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > width) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
                line.append(" ".repeat(indent));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
