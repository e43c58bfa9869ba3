// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Columns that line up, in a bounded width: what does not fit is cut from the last column. */
final class Table {

    private static final String GAP = "  ";

    private final List<List<Cell>> rows = new ArrayList<>();

    Table(AnsiColors ansiColors, String... heads) {
        List<Cell> head = new ArrayList<>();
        for (String text : heads) {
            boolean number = text.startsWith(">");
            head.add(new Cell(number ? text.substring(1) : text, number, ansiColors::dim));
        }
        rows.add(head);
    }

    /** A cell: its text, whether it is aligned to the right, and its colour. */
    record Cell(String text, boolean number, UnaryOperator<String> colour) {
        static Cell of(String text) {
            return new Cell(AnsiColors.plain(text), false, UnaryOperator.identity());
        }

        static Cell of(String text, UnaryOperator<String> colour) {
            return new Cell(AnsiColors.plain(text), false, colour);
        }

        static Cell number(String text) {
            return new Cell(text, true, UnaryOperator.identity());
        }
    }

    void add(List<Cell> row) {
        rows.add(row);
    }

    /** The lines, none longer than {@code width}. */
    List<String> lines(int width) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).text().length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<Cell> row : rows) {
            StringBuilder line = new StringBuilder();
            int used = 0;
            for (int i = 0; i < columns; i++) {
                Cell cell = row.get(i);
                boolean last = i == columns - 1;
                String gap = i == 0 ? "" : GAP;
                if (width - used - gap.length() < 1) {
                    break;
                }
                String text = AnsiColors.fit(cell.text(), width - used - gap.length());
                String pad = " ".repeat(Math.max(0, Math.min(widths[i], width - used - gap.length()) - text.length()));
                String painted = cell.colour().apply(text);
                line.append(gap).append(cell.number() ? pad + painted : last ? painted : painted + pad);
                used += gap.length() + pad.length() + text.length();
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
