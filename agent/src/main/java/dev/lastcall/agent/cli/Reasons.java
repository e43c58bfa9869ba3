// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** What an operator must read whole: wrapped, never cut. */
final class Reasons {

    private static final String FIRST = "! ";
    private static final String NEXT = "  ";

    private Reasons() {}

    /** The lines, in the colour of what is to be looked at; only a word that is longer than the terminal is wide sticks out. */
    static List<String> lines(String text, Paint paint, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(FIRST);
        for (String word : Paint.plain(text).split(" ", -1)) {
            if (line.length() > FIRST.length() && line.length() + word.length() > width) {
                lines.add(paint.warning(line.toString().stripTrailing()));
                line.setLength(0);
                line.append(NEXT);
            }
            line.append(word).append(' ');
        }
        lines.add(paint.warning(line.toString().stripTrailing()));
        return lines;
    }
}
