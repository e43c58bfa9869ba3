// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.cli.WrappedText;

/** A diagnosis as a person at a terminal wants it: the answer first, then what fails with its remedy, then the rest. */
final class DoctorText {

    private static final String ARROW = "-> ";
    private static final int LEVEL_WIDTH = 6;
    private static final int AREA_WIDTH = 10;
    private static final int INDENT = LEVEL_WIDTH + AREA_WIDTH;

    private final AnsiColors colors;
    private final int width;

    DoctorText(AnsiColors colors, int width) {
        this.colors = colors;
        this.width = width;
    }

    /** The lines. */
    List<String> lines(Diagnosis diagnosis) {
        List<String> lines = new ArrayList<>();
        String counts = diagnosis.count(FindingLevel.FAIL) + " fail, " + diagnosis.count(FindingLevel.WARN) + " warn, "
                + diagnosis.count(FindingLevel.OK) + " ok";
        lines.add(diagnosis.isReady()
                ? colors.good("Ready for a notice: " + counts)
                : colors.bad("NOT READY for a notice: " + counts));
        lines.add("");
        diagnosis.findings()
                .stream()
                .sorted(Comparator.comparing(NodeFinding::level))
                .forEach(finding -> add(lines, finding));
        return lines;
    }

    private void add(List<String> lines, NodeFinding finding) {
        String head = pad(finding.level().label(), LEVEL_WIDTH) + pad(finding.area().label(), AREA_WIDTH);
        List<String> text = WrappedText.of("", finding.subject() + ": " + finding.sentence(), 0, width - INDENT);
        for (int i = 0; i < text.size(); i++) {
            lines.add(i == 0
                    ? painted(finding.level(), head.substring(0, LEVEL_WIDTH)) + head.substring(LEVEL_WIDTH)
                            + text.get(i)
                    : " ".repeat(INDENT) + text.get(i));
        }
        if (!finding.remedy().isEmpty()) {
            WrappedText.of(ARROW, finding.remedy(), ARROW.length(), width - INDENT)
                    .forEach(line -> lines.add(" ".repeat(INDENT) + colors.strong(line)));
        }
    }

    private String painted(FindingLevel level, String text) {
        return switch (level) {
            case FAIL -> colors.bad(text);
            case WARN -> colors.warning(text);
            case OK -> colors.good(text);
        };
    }

    private static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(1, columns - text.length()));
    }
}
