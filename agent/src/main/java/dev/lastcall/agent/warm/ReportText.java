// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.warmup.WarmupReport;

/** A warm model as a person at a terminal wants it: where it is, what it took, what was the limit. */
final class ReportText {

    private ReportText() {}

    static List<String> lines(WarmupReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(
                AnsiColors.plain(report.model()) + " is warm in " + AnsiColors.plain(report.folder().toString()) + ": "
                        + files(report.files()) + ", " + StatusFormat.size(report.bytes()));
        if (!report.isStoreAsked()) {
            lines.add("as it was before: the store could not be asked for a newer version: "
                    + AnsiColors.plain(report.storeAway()));
            lines.add("the same command asks again");
        } else if (report.bytesReceived() == 0) {
            lines.add("everything was there already; looked at in " + StatusFormat.span(report.took()));
        } else {
            lines.add(StatusFormat.size(report.bytesReceived()) + " received in " + StatusFormat.span(report.took())
                    + ", "
                    + StatusFormat.rate((double) report.bytesPerSecond()) + " over " + report.connections()
                    + " connections"
                    + (report.bytesReused() > 0
                            ? "; " + StatusFormat.size(report.bytesReused()) + " were there already"
                            : "")
                    + (report.retries() > 0 ? "; " + report.retries() + " requests repeated" : ""));
            if (report.limit() != WarmupReport.Limit.UNKNOWN) {
                lines.add("limit met: " + limit(report.limit()));
            }
        }
        if (report.filesWithoutDigest() > 0) {
            lines.add(files(report.filesWithoutDigest())
                    + " without a digest from the store: counted to the byte, not verified;"
                    + " --require-digest refuses that");
        }
        report.notes().forEach(note -> lines.add("note: " + AnsiColors.plain(note)));
        return lines;
    }

    private static String files(int count) {
        return count == 1 ? "1 file" : count + " files";
    }

    static String limit(WarmupReport.Limit limit) {
        return switch (limit) {
            case NOTHING -> "none";
            case UNKNOWN -> "unknown";
            case NETWORK -> "the network, or the store without saying so";
            case STORE -> "the store, which asked for fewer requests";
            case DISK -> "the disk";
            case CPU -> "the processors";
            case CONFIGURED -> "--limit";
        };
    }
}
