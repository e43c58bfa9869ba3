// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page in Prometheus text format, for tests.
 *
 * @param families by their names
 * @param series in the order of the page
 */
public record Scrape(Map<String, Family> families, List<Series> series) {

    private static final Pattern LINE = Pattern.compile("(?m)^(\\w+)(?:\\{([^}]*)})? (\\S+)$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** What the page says of a name. */
    public record Family(String type, String help) {}

    /** One line with a value. */
    public record Series(String name, Map<String, String> labels, double value) {}

    /** Reads a page. */
    public static Scrape of(String page) {
        Map<String, Family> families = new TreeMap<>();
        Pattern.compile("(?m)^# HELP (\\w+) (.*)\\n# TYPE (\\w+) (\\w+)$")
                .matcher(page)
                .results()
                .forEach(head -> families.put(head.group(1), new Family(head.group(4), head.group(2))));
        List<Series> series = new ArrayList<>();
        LINE.matcher(page).results().forEach(line -> series.add(series(line)));
        return new Scrape(families, series);
    }

    private static Series series(MatchResult line) {
        String labels = line.group(2) == null ? "" : line.group(2);
        return new Series(line.group(1),
                LABEL.matcher(labels)
                        .results()
                        .collect(Collectors.toMap(one -> one.group(1), one -> one.group(2))),
                Double.parseDouble(line.group(3)));
    }

    /** The sum over all series of this name that have these labels, as in {@code server="llama"}; 0 where there is none. */
    public double sum(String name, String... labels) {
        return series.stream()
                .filter(one -> one.name().equals(name) && has(one, labels))
                .mapToDouble(Series::value)
                .sum();
    }

    /** Whether a series of this name is there. */
    public boolean has(String name) {
        return series.stream().anyMatch(one -> one.name().equals(name));
    }

    private static boolean has(Series one, String... labels) {
        return List.of(labels)
                .stream()
                .flatMap(label -> LABEL.matcher(label).results())
                .allMatch(label -> label.group(2).equals(one.labels().get(label.group(1))));
    }
}
