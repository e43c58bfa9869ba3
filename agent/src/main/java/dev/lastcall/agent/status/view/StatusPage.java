// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.util.List;

import dev.lastcall.agent.status.view.StatusView.Counts;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;

/** The status as a page for people: complete in itself, and loading itself again. */
public final class StatusPage {

    private static final String HEAD = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="2">
            <meta name="viewport" content="width=device-width">
            <title>Lastcall</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
                   color-scheme: light dark }
            table { border-collapse: collapse; width: 100% }
            th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #8884; vertical-align: top }
            td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
            .bad { color: #c22; font-weight: 600 } .good { color: #282 } .dim { opacity: .7 }
            .notice { border: 2px solid #c22; border-radius: .5rem; padding: .5rem 1rem; font-size: 1.3rem }
            </style>
            </head>
            <body>
            """;

    private StatusPage() {}

    public static String html(StatusView view) {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1>Lastcall</h1>\n<p class=\"")
                .append(view.isProtected() && !view.dryRun() ? "good" : "bad")
                .append("\">")
                .append(escape(StatusFormat.protection(view)))
                .append("</p>\n<p class=\"dim\">")
                .append(escape(StatusFormat.line(view)))
                .append("</p>\n");
        ReclamationView reclamation = view.reclamation();
        if (reclamation == null) {
            page.append("<p>No final notice.</p>\n");
        } else {
            page.append("<p class=\"notice\">").append(escape(StatusFormat.reclamation(reclamation))).append("</p>\n");
        }
        view.conditions()
                .forEach(condition -> page.append("<p class=\"bad\">")
                        .append(escape(StatusFormat.condition(condition)))
                        .append("</p>\n"));
        servers(page, view.servers());
        table(page, "Models", List.of("model", "state", "done", "size", "files", "where or why"), view.models()
                .stream()
                .map(model -> List.of(model.name(), model.state(), StatusFormat.done(model), StatusFormat.sizeOf(model),
                        model.filesDone() + "/" + model.files(), StatusFormat.whereOrWhy(model)))
                .toList());
        table(page, "Sources", List.of("source", "last look", "seen well", "problem"), view.sources()
                .stream()
                .map(source -> List.of(source.name(), source.state(), StatusFormat.ago(source.sinceGoodLook()),
                        source.problem()))
                .toList());
        table(page, "Notices", List.of("source", "kind", "finality", "left", "said"), view.notices()
                .stream()
                .map(notice -> List.of(notice.source(), notice.kind(), notice.finality(),
                        StatusFormat.left(notice.left()),
                        notice.description()))
                .toList());
        table(page, "Last drains", List.of("server", "at", "by", "outcome", "took", "in flight then", "cut", "unused"),
                view.drains()
                        .stream()
                        .map(drain -> List.of(drain.server(), StatusFormat.second(drain.detectedAt()), drain.source(),
                                drain.outcome(), StatusFormat.span(drain.took()),
                                StatusFormat.number(drain.inFlightAtNotice()),
                                StatusFormat.number(drain.cut()), StatusFormat.span(drain.unused())))
                        .toList());
        return page.append("</body>\n</html>\n").toString();
    }

    private static void servers(StringBuilder page, List<StatusView.Server> servers) {
        if (servers.isEmpty()) {
            page.append("<h2>Servers</h2>\n<p class=\"dim\">none</p>\n");
            return;
        }
        page.append("<h2>Servers</h2>\n<table><tr><th>server<th>kind<th>door<th>phase<th class=\"n\">in flight"
                + "<th class=\"n\">admitted<th class=\"n\">refused<th class=\"n\">cut<th class=\"n\">lost</tr>\n");
        for (StatusView.Server server : servers) {
            Counts counts = server.counts();
            page.append("<tr><td>")
                    .append(escape(server.name()))
                    .append("<td>")
                    .append(escape(server.kind()))
                    .append(server.doorOpen() ? "<td class=\"good\">open" : "<td class=\"bad\">closed")
                    .append("<td>")
                    .append(escape(server.phase()));
            number(page, StatusFormat.number(server.inFlight()));
            number(page, counts == null ? "–" : StatusFormat.number(counts.admitted()));
            number(page, counts == null ? "–" : StatusFormat.number(counts.refused()));
            number(page, counts == null ? "–" : StatusFormat.number(counts.cut()));
            number(page, counts == null ? "–" : StatusFormat.number(counts.lost()));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static void number(StringBuilder page, String text) {
        page.append("<td class=\"n\">").append(text);
    }

    private static void table(StringBuilder page, String title, List<String> head, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        page.append("<h2>").append(title).append("</h2>\n<table><tr>");
        head.forEach(cell -> page.append("<th>").append(cell));
        page.append("</tr>\n");
        for (List<String> row : rows) {
            page.append("<tr>");
            row.forEach(cell -> page.append("<td>").append(escape(cell)));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
