// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.ObjectMapper;

/**
 * What came of a soak.
 *
 * @param tally what the clients saw
 * @param counts what the gates counted
 * @param before the agent at rest, after the first notices
 * @param after the same at the end
 * @param problems what went wrong on the way
 */
record SoakReport(SoakTally tally, Counts counts, Measurement before, Measurement after, SoakPlan plan, Duration took,
        List<String> problems) {

    private long seen(End end) {
        return tally.count(end);
    }

    private long admitted() {
        return seen(End.WHOLE) + seen(End.CUT) + seen(End.FAULT) + seen(End.LEFT) + seen(End.LOST);
    }

    /** All that does not hold; empty if all does. */
    List<String> violations() {
        List<String> found = new ArrayList<>(problems);
        if (seen(End.LOST) > 0) {
            found.add(seen(End.LOST) + " requests were lost by the gate's fault");
        }
        if (admitted() == 0 || seen(End.CUT) == 0 || seen(End.REFUSED) == 0 || seen(End.FAULT) == 0) {
            found.add("a kind of ending was never seen: the run proves nothing");
        }
        differ(found, "let in", counts.admitted(), admitted());
        differ(found, "complete", counts.completed(), seen(End.WHOLE));
        differ(found, "refused as draining", counts.draining(), seen(End.REFUSED));
        differ(found, "refused for another reason", counts.otherRefusals(), 0);
        // Neither count can separate a server's fault, a client that left and a cut that meet one request in the same moment.
        long doubtful = seen(End.FAULT) + seen(End.LEFT);
        if (counts.cut() < seen(End.CUT) || counts.cut() > seen(End.CUT) + doubtful) {
            found.add("the gates count " + counts.cut() + " cut, the clients " + seen(End.CUT));
        }
        if (counts.lost() > doubtful) {
            found.add("the gates count " + counts.lost() + " lost, the servers' faults explain " + doubtful);
        }
        if (!before.isHeapFlat(after)) {
            found.add("the heap grew");
        }
        if (!before.areDescriptorsFlat(after)) {
            found.add("the open descriptors grew");
        }
        return found;
    }

    private static void differ(List<String> found, String what, long gates, long clients) {
        if (gates != clients) {
            found.add("the gates count " + gates + " " + what + ", the clients " + clients);
        }
    }

    /** The report for people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        var header = new StringBuilder(String.format(Locale.ROOT, "%-18s", "request"));
        for (End end : End.values()) {
            header.append(String.format(Locale.ROOT, "%10s", end.label()));
        }
        lines.add(header.toString());
        for (Kind kind : Kind.values()) {
            var row = new StringBuilder(String.format(Locale.ROOT, "%-18s", kind.label()));
            for (End end : End.values()) {
                row.append(String.format(Locale.ROOT, "%10d", tally.count(kind, end)));
            }
            lines.add(row.toString());
        }
        var sum = new StringBuilder(String.format(Locale.ROOT, "%-18s", "all"));
        for (End end : End.values()) {
            sum.append(String.format(Locale.ROOT, "%10d", seen(end)));
        }
        lines.add(sum.toString());
        lines.add("sent again because an idle connection was just ending: " + tally.races());
        lines.add(String.format(Locale.ROOT, "the gates count %d let in, %d complete, %d cut, %d lost, %d refused",
                counts.admitted(), counts.completed(), counts.cut(), counts.lost(), counts.draining()));
        lines.add(String.format(Locale.ROOT,
                "at rest, then and at the end: heap %d and %d KiB, descriptors %d and %d, RSS %d and %d MiB",
                before.heapKibibytes(), after.heapKibibytes(), before.descriptors(), after.descriptors(),
                before.residentKibibytes() / 1024, after.residentKibibytes() / 1024));
        lines.add(String.format(Locale.ROOT, "%d notices withdrawn, %d faults of the metadata service, %d s",
                plan.cycles().size(),
                plan.faults().size(), took.toSeconds()));
        tally.lost().forEach(lost -> lines.add("  LOST " + lost));
        violations().forEach(violation -> lines.add("  BROKEN " + violation));
        return lines;
    }

    /** The report for machines: one line. */
    String json() {
        Map<String, Object> seen = new LinkedHashMap<>();
        for (End end : End.values()) {
            seen.put(end.label(), seen(end));
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("seconds", took.toSeconds());
        map.put("notices", plan.cycles().size());
        map.put("metadataFaults", plan.faults().size());
        map.put("requests", seen);
        map.put("gates", counts);
        map.put("before", before);
        map.put("after", after);
        map.put("violations", violations());
        return new ObjectMapper().writeValueAsString(map);
    }
}
