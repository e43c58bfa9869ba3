// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.lastcall.agent.api.Facts;
import dev.lastcall.agent.api.StatusView;
import dev.lastcall.agent.api.StatusView.Condition;
import dev.lastcall.agent.api.StatusView.Counts;
import dev.lastcall.agent.api.StatusView.DrainView;
import dev.lastcall.agent.api.StatusView.NoticeView;
import dev.lastcall.agent.api.StatusView.ReclamationView;
import dev.lastcall.agent.api.StatusView.Server;
import dev.lastcall.agent.api.StatusView.Source;
import dev.lastcall.agent.cli.Table.Cell;

/** The status as a person at a terminal wants it: first whether the node is being taken back, then what is wrong. */
final class StatusText {

    private final Paint paint;
    private final int width;

    StatusText(boolean colour, int width) {
        this.paint = new Paint(colour);
        this.width = width;
    }

    /** The lines. */
    List<String> lines(StatusView view) {
        List<String> lines = new ArrayList<>();
        if (view.isProtected() && !view.dryRun()) {
            lines.add(paint.good(Facts.protection(view)));
        } else {
            lines.addAll(Reasons.lines(Facts.protection(view), paint, width));
        }
        lines.add(paint.dim(Paint.fit(Paint.plain(Facts.line(view)), width)));
        lines.add("");
        ReclamationView reclamation = view.reclamation();
        if (reclamation == null) {
            lines.add("No final notice.");
        } else {
            lines.add(paint.bad(Paint.fit("NOTICE  " + Paint.plain(Facts.reclamation(reclamation)), width)));
        }
        for (Condition condition : view.conditions()) {
            lines.addAll(Reasons.lines(Facts.condition(condition), paint, width));
        }
        servers(lines, view.servers());
        if (!view.models().isEmpty()) {
            lines.add("");
            lines.addAll(ModelTable.lines(view.models(), paint, width));
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
        Table table = new Table(paint, "SERVER", "KIND", "DOOR", "PHASE", ">IN FLIGHT", ">ADMITTED", ">REFUSED", ">CUT",
                ">LOST");
        for (Server server : servers) {
            Counts counts = server.counts();
            UnaryOperator<String> lost = counts != null && counts.lost() > 0 ? paint::bad : UnaryOperator.identity();
            table.add(List.of(Cell.of(server.name(), paint::strong), Cell.of(server.kind()),
                    server.doorOpen() ? Cell.of("open", paint::good) : Cell.of("closed", paint::bad),
                    Cell.of(server.phase()), Cell.number(Facts.number(server.inFlight())),
                    Cell.number(counts == null ? "–" : Facts.number(counts.admitted())),
                    Cell.number(counts == null ? "–" : Facts.number(counts.refused())),
                    Cell.number(counts == null ? "–" : Facts.number(counts.cut())),
                    new Cell(counts == null ? "–" : Facts.number(counts.lost()), true, lost)));
        }
        lines.addAll(table.lines(width));
    }

    private void sources(List<String> lines, List<Source> sources) {
        lines.add("");
        if (sources.isEmpty()) {
            lines.add("No sources of notices.");
            return;
        }
        Table table = new Table(paint, "SOURCE", "LAST LOOK", "SEEN WELL", "PROBLEM");
        for (Source source : sources) {
            UnaryOperator<String> colour = switch (source.state()) {
                case "present" -> paint::bad;
                case "unknown" -> paint::warning;
                default -> UnaryOperator.identity();
            };
            table.add(List.of(Cell.of(source.name(), paint::strong), Cell.of(source.state(), colour),
                    Cell.of(Facts.ago(source.sinceGoodLook())), Cell.of(source.problem(), paint::warning)));
        }
        lines.addAll(table.lines(width));
    }

    private void notices(List<String> lines, List<NoticeView> notices) {
        if (notices.isEmpty()) {
            return;
        }
        lines.add("");
        Table table = new Table(paint, "NOTICE", "FROM", "FINALITY", ">LEFT", "SAID");
        for (NoticeView notice : notices) {
            table.add(
                    List.of(Cell.of(notice.kind(), paint::strong), Cell.of(notice.source()), Cell.of(notice.finality()),
                            Cell.number(Facts.left(notice.left())), Cell.of(notice.description())));
        }
        lines.addAll(table.lines(width));
    }

    private void drains(List<String> lines, List<DrainView> drains) {
        if (drains.isEmpty()) {
            return;
        }
        lines.add("");
        Table table = new Table(paint, "LAST DRAINS", "AT", "BY", "OUTCOME", ">TOOK", ">UNUSED", ">IN FLIGHT",
                ">COMPLETED", ">CUT");
        for (DrainView drain : drains) {
            table.add(List.of(Cell.of(drain.server(), paint::strong), Cell.of(Facts.second(drain.detectedAt())),
                    Cell.of(drain.source()), Cell.of(drain.outcome()), Cell.number(Facts.span(drain.took())),
                    Cell.number(Facts.span(drain.unused())), Cell.number(Facts.number(drain.inFlightAtNotice())),
                    Cell.number(Facts.number(drain.completed())), Cell.number(Facts.number(drain.cut()))));
        }
        lines.addAll(table.lines(width));
    }
}
