// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** What an operator must read whole: wrapped, never cut. */
final class WrappedText {

    private static final String FIRST = "! ";
    private static final String NEXT = "  ";

    private WrappedText() {}

    /** The lines, in the colour of what is to be looked at; only a word that is longer than the terminal is wide sticks out. */
    static List<String> lines(String text, AnsiColors ansiColors, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(FIRST);
        for (String word : AnsiColors.plain(text).split(" ", -1)) {
            if (line.length() > FIRST.length() && line.length() + word.length() > width) {
                lines.add(ansiColors.warning(line.toString().stripTrailing()));
                line.setLength(0);
                line.append(NEXT);
            }
            line.append(word).append(' ');
        }
        lines.add(ansiColors.warning(line.toString().stripTrailing()));
        return lines;
    }
}
