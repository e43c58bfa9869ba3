// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.lastcall.agent.telemetry.Metric;
import dev.lastcall.agent.telemetry.MetricLabel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alerts, their tests and the pages name metrics, labels and values that the program has. A rule on any other would never
 * fire, and its own test would not show it.
 */
class MetricsInPagesTest {

    private static final Path MONITORING = Checkout.ROOT.resolve("k8s/monitoring");

    /** A metric with the labels that are asked of it: {@code name{key="value",key=~"…",key}}. */
    private static final Pattern USE = Pattern.compile("\\b(lastcall_[a-z0-9_]+)(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)(?:(=|!=|=~|!~)\"([^\"]*)\")?");

    /** What a scrape adds to every series. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance", "node", "namespace", "pod");

    @Test
    void theAlertsAndTheirTestsAskForWhatThereIs() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(MONITORING)) {
            files = all.sorted().toList();
        }
        assertThat(wrong(files, Metric::seriesNames)).isEmpty();
        assertThat(uses(MONITORING.resolve("alerts.yaml"))).hasSizeGreaterThan(8);
    }

    @Test
    void thePagesNameWhatThereIs() throws IOException {
        List<Path> pages = new ArrayList<>(
                List.of(Checkout.ROOT.resolve("README.md"), Checkout.ROOT.resolve("SECURITY.md")));
        pages.addAll(Checkout.docs());
        assertThat(wrong(pages, MetricsInPagesTest::namesInProse)).isEmpty();
        assertThat(uses(Checkout.ROOT.resolve("docs/metrics.md"))).hasSizeGreaterThan(Metric.values().length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "lastcall_requests_dropped_total; no such metric",
        "lastcall_drain_seconds; no such metric",
        "lastcall_requests_lost_total{model=\"a\"}; no such label: model",
        "lastcall_kubernetes_calls_total{outcome=\"denied\"}; no such value: outcome=denied",
    })
    void whatThereIsNotIsFound(String use, String found) {
        assertThat(USE.matcher(use).results().flatMap(one -> problem(one, Metric::seriesNames).stream()))
                .containsExactly(use + ": " + found);
    }

    private interface Names {
        List<String> of(Metric metric);
    }

    /** Prose may also name a summary as a whole. */
    private static List<String> namesInProse(Metric metric) {
        return Stream.concat(Stream.of(metric.family()), metric.seriesNames().stream()).toList();
    }

    private static List<String> wrong(List<Path> files, Names names) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : files) {
            uses(file).stream()
                    .flatMap(use -> problem(use, names).stream())
                    .forEach(problem -> wrong.add(Checkout.ROOT.relativize(file) + ": " + problem));
        }
        return wrong;
    }

    private static List<MatchResult> uses(Path file) throws IOException {
        return USE.matcher(Files.readString(file)).results().toList();
    }

    private static Optional<String> problem(MatchResult use, Names names) {
        Optional<Metric> metric = Arrays.stream(Metric.values())
                .filter(one -> names.of(one).contains(use.group(1)))
                .findFirst();
        return metric.isEmpty()
                ? Optional.of(use.group() + ": no such metric")
                : LABEL.matcher(use.group(2) == null ? "" : use.group(2))
                        .results()
                        .flatMap(label -> problem(metric.get(), label).stream())
                        .findFirst()
                        .map(problem -> use.group() + ": " + problem);
    }

    private static Optional<String> problem(Metric metric, MatchResult asked) {
        if (OF_THE_SCRAPE.contains(asked.group(1))) {
            return Optional.empty();
        }
        Optional<MetricLabel> label = metric.labels()
                .stream()
                .filter(one -> one.key().equals(asked.group(1)))
                .findFirst();
        if (label.isEmpty()) {
            return Optional.of("no such label: " + asked.group(1));
        }
        String value = asked.group(3);
        boolean known = !"=".equals(asked.group(2))
                || MetricReference.values(label.get()).map(all -> all.contains(value)).orElse(true);
        return known ? Optional.empty() : Optional.of("no such value: " + asked.group(1) + "=" + value);
    }
}
