// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.lastcall.agent.cli.Table.Cell;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.status.view.StatusView.Condition;
import dev.lastcall.agent.status.view.StatusView.Counts;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.status.view.StatusView.NoticeView;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.agent.status.view.StatusView.Server;
import dev.lastcall.agent.status.view.StatusView.Source;

/** The status as a person at a terminal wants it: first whether the node is being taken back, then what is wrong. */
final class StatusText {

    private final AnsiColors ansiColors;
    private final int width;

    StatusText(boolean colour, int width) {
        this.ansiColors = new AnsiColors(colour);
        this.width = width;
    }

    /** The lines. */
    List<String> lines(StatusView view) {
        List<String> lines = new ArrayList<>();
        if (view.isProtected() && !view.dryRun()) {
            lines.add(ansiColors.good(StatusFormat.protection(view)));
        } else {
            lines.addAll(WrappedText.lines(StatusFormat.protection(view), ansiColors, width));
        }
        lines.add(ansiColors.dim(AnsiColors.fit(AnsiColors.plain(StatusFormat.line(view)), width)));
        lines.add("");
        ReclamationView reclamation = view.reclamation();
        if (reclamation == null) {
            lines.add("No final notice.");
        } else {
            lines.add(ansiColors
                    .bad(AnsiColors.fit("NOTICE  " + AnsiColors.plain(StatusFormat.reclamation(reclamation)), width)));
        }
        for (Condition condition : view.conditions()) {
            lines.addAll(WrappedText.lines(StatusFormat.condition(condition), ansiColors, width));
        }
        servers(lines, view.servers());
        if (!view.models().isEmpty()) {
            lines.add("");
            lines.addAll(ModelTable.lines(view.models(), ansiColors, width));
        }
        sources(lines, view.sources());
        notices(lines, view.notices());
        drains(lines, view.drains());
        return lines;
    }

    private void servers(List<String> lines, List<Server> servers) {
        lines.add("");
        if (servers.isEmpty()) {
            lines.add("No servers.");
            return;
        }
        Table table = new Table(ansiColors, "SERVER", "KIND", "DOOR", "PHASE", ">IN FLIGHT", ">ADMITTED", ">REFUSED",
                ">CUT",
                ">LOST");
        for (Server server : servers) {
            Counts counts = server.counts();
            UnaryOperator<String> lost = counts != null && counts.lost() > 0
                    ? ansiColors::bad
                    : UnaryOperator.identity();
            table.add(List.of(Cell.of(server.name(), ansiColors::strong), Cell.of(server.kind()),
                    server.doorOpen() ? Cell.of("open", ansiColors::good) : Cell.of("closed", ansiColors::bad),
                    Cell.of(server.phase()), Cell.number(StatusFormat.number(server.inFlight())),
                    Cell.number(counts == null ? "–" : StatusFormat.number(counts.admitted())),
                    Cell.number(counts == null ? "–" : StatusFormat.number(counts.refused())),
                    Cell.number(counts == null ? "–" : StatusFormat.number(counts.cut())),
                    new Cell(counts == null ? "–" : StatusFormat.number(counts.lost()), true, lost)));
        }
        lines.addAll(table.lines(width));
    }

    private void sources(List<String> lines, List<Source> sources) {
        lines.add("");
        if (sources.isEmpty()) {
            lines.add("No sources of notices.");
            return;
        }
        Table table = new Table(ansiColors, "SOURCE", "LAST LOOK", "LAST OK", "PROBLEM");
        for (Source source : sources) {
            UnaryOperator<String> colour = switch (source.state()) {
                case "present" -> ansiColors::bad;
                case "unknown" -> ansiColors::warning;
                default -> UnaryOperator.identity();
            };
            table.add(List.of(Cell.of(source.name(), ansiColors::strong), Cell.of(source.state(), colour),
                    Cell.of(StatusFormat.ago(source.sinceGoodLook())), Cell.of(source.problem(), ansiColors::warning)));
        }
        lines.addAll(table.lines(width));
    }

    private void notices(List<String> lines, List<NoticeView> notices) {
        if (notices.isEmpty()) {
            return;
        }
        lines.add("");
        Table table = new Table(ansiColors, "NOTICE", "FROM", "FINALITY", ">LEFT", "SAID");
        for (NoticeView notice : notices) {
            table.add(
                    List.of(Cell.of(notice.kind(), ansiColors::strong), Cell.of(notice.source()),
                            Cell.of(notice.finality()),
                            Cell.number(StatusFormat.left(notice.left())), Cell.of(notice.description())));
        }
        lines.addAll(table.lines(width));
    }

    private void drains(List<String> lines, List<DrainView> drains) {
        if (drains.isEmpty()) {
            return;
        }
        lines.add("");
        Table table = new Table(ansiColors, "LAST DRAINS", "AT", "BY", "OUTCOME", ">TOOK", ">UNUSED", ">IN FLIGHT",
                ">COMPLETED", ">CUT");
        for (DrainView drain : drains) {
            table.add(List.of(Cell.of(drain.server(), ansiColors::strong),
                    Cell.of(StatusFormat.second(drain.detectedAt())),
                    Cell.of(drain.source()), Cell.of(drain.outcome()), Cell.number(StatusFormat.span(drain.took())),
                    Cell.number(StatusFormat.span(drain.unused())),
                    Cell.number(StatusFormat.number(drain.inFlightAtNotice())),
                    Cell.number(StatusFormat.number(drain.completed())),
                    Cell.number(StatusFormat.number(drain.cut()))));
        }
        lines.addAll(table.lines(width));
    }
}
