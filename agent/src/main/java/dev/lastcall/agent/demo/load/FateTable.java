// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every request of a load. Immutable.
 *
 * @param rows by fate, in the order of {@link Fate}; fates that no request met are absent
 * @param details how often each thing was seen, such as {@code LOST_TRUNCATED: Connection reset}; at most
 *            {@value #MAX_DETAILS}, completions left out
 * @param idleClosed kept-alive connections that were closed while idle, before a request was sent on them
 * @param raced requests that met the closing of their idle connection and were sent again
 * @param elsewhere times that a client found this node out of the load balancer's rotation
 */
public record FateTable(Map<Fate, Row> rows, Map<String, Integer> details, long idleClosed, long raced,
        long elsewhere) {

    private static final int MAX_DETAILS = 20;

    public FateTable {
        rows = rows.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(rows));
        details = Collections.unmodifiableMap(new TreeMap<>(details));
    }

    /**
     * How many met one fate.
     *
     * @param streaming of the requests for streams
     * @param plain of the requests for whole answers
     */
    public record Row(int streaming, int plain) {
        /** Both. */
        public int total() {
            return streaming + plain;
        }

        private Row plus(RequestOutcome requestOutcome) {
            return requestOutcome.streaming() ? new Row(streaming + 1, plain) : new Row(streaming, plain + 1);
        }

        private Row plus(Row other) {
            return new Row(streaming + other.streaming, plain + other.plain);
        }
    }

    /** Counts these endings. */
    public static FateTable of(Collection<RequestOutcome> endings, long idleClosed, long raced, long elsewhere) {
        Map<Fate, Row> rows = new EnumMap<>(Fate.class);
        Map<String, Integer> details = new TreeMap<>();
        for (RequestOutcome requestOutcome : endings) {
            rows.put(requestOutcome.fate(),
                    rows.getOrDefault(requestOutcome.fate(), new Row(0, 0)).plus(requestOutcome));
            String seen = requestOutcome.fate() + ": " + requestOutcome.detail();
            boolean worthTelling = !requestOutcome.detail().isEmpty();
            if (worthTelling && (details.containsKey(seen) || details.size() < MAX_DETAILS)) {
                details.merge(seen, 1, Integer::sum);
            }
        }
        return new FateTable(rows, details, idleClosed, raced, elsewhere);
    }

    /** How many came down to {@code verdict}. */
    public int count(Verdict verdict) {
        return sum(verdict).total();
    }

    /** How many met {@code fate}. */
    public int count(Fate fate) {
        Row row = rows.get(fate);
        return row == null ? 0 : row.total();
    }

    private Row sum(Verdict verdict) {
        Row sum = new Row(0, 0);
        for (Map.Entry<Fate, Row> row : rows.entrySet()) {
            if (row.getKey().verdict() == verdict) {
                sum = sum.plus(row.getValue());
            }
        }
        return sum;
    }

    /** The table for people, one string a line. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(line("what became of every request", "stream", "plain", "total"));
        Row all = new Row(0, 0);
        for (Map.Entry<Fate, Row> row : rows.entrySet()) {
            lines.add(line(row.getKey().label(), row.getValue()));
            all = all.plus(row.getValue());
        }
        if (count(Verdict.LOST) == 0) {
            lines.add(line("lost", new Row(0, 0)));
        }
        lines.add(line("all", all));
        if (idleClosed + raced > 0) {
            lines.add("  idle connections closed: " + idleClosed + " before a request was sent, " + raced
                    + " as one was on its way (sent again)");
        }
        if (elsewhere > 0) {
            lines.add("  routed elsewhere: " + elsewhere + " times");
        }
        details.forEach((seen, times) -> {
            if (seen.startsWith("LOST")) {
                lines.add("    " + times + " x " + seen);
            }
        });
        return lines;
    }

    private static String line(String label, Row row) {
        return line(label, row.streaming, row.plain, row.total());
    }

    private static String line(String label, Object streaming, Object plain, Object total) {
        return String.format(Locale.ROOT, "  %-36s %8s %8s %8s", label, streaming, plain, total);
    }

    /** The table as maps for JSON: one key for each fate that a request met, and one for each verdict. */
    public Map<String, Object> toMap() {
        Map<String, Object> verdicts = new LinkedHashMap<>();
        for (Verdict verdict : Verdict.values()) {
            verdicts.put(verdict.name().toLowerCase(Locale.ROOT), count(verdict));
        }
        Map<String, Object> fates = new LinkedHashMap<>();
        rows.forEach((fate, row) -> fates.put(fate.name().toLowerCase(Locale.ROOT),
                Map.of("streaming", row.streaming, "plain", row.plain)));
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("verdicts", verdicts);
        whole.put("fates", fates);
        whole.put("details", details);
        whole.put("idleClosed", idleClosed);
        whole.put("raced", raced);
        whole.put("routedElsewhere", elsewhere);
        return whole;
    }
}
