// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.Golden;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsTest {

    private final Metrics metrics = new Metrics("1.2.3");

    @Test
    void thePageIsTheAgreedOne() throws IOException {
        makeAllAppear();

        String page = metrics.scrape().replace("java=\"" + Runtime.version() + "\"", "java=\"25\"");

        Golden.check("metrics.txt", page);
    }

    @Test
    void theFamiliesAreThoseOfTheModelWithTheirHelpAndTypes() {
        makeAllAppear();
        Map<String, Scrape.Family> model = new HashMap<>();
        for (Metric metric : Metric.values()) {
            model.put(metric.family(), new Scrape.Family(metric.type().label(), metric.description()));
            if (metric.type() == MetricType.TIMER) {
                model.put(metric.maximum(), new Scrape.Family("gauge", metric.description()));
            }
        }

        assertThat(Scrape.of(metrics.scrape()).families()).containsExactlyInAnyOrderEntriesOf(model);
    }

    @Test
    void theSeriesAreThoseOfTheModelWithTheirLabels() {
        makeAllAppear();
        Map<String, Set<String>> model = new HashMap<>();
        for (Metric metric : Metric.values()) {
            Set<String> keys = metric.labels().stream().map(MetricLabel::key).collect(Collectors.toSet());
            metric.seriesNames().forEach(name -> model.put(name, keys));
        }
        Map<String, Set<String>> seen = new HashMap<>();
        Scrape.of(metrics.scrape())
                .series()
                .forEach(one -> seen.computeIfAbsent(one.name(), _ -> new HashSet<>()).addAll(one.labels().keySet()));

        assertThat(seen).containsExactlyInAnyOrderEntriesOf(model);
    }

    @Test
    void noNameAndNoLabelIsUsedTwice() {
        assertThat(Arrays.stream(Metric.values()).flatMap(metric -> metric.seriesNames().stream()))
                .doesNotHaveDuplicates();
        assertThat(Metric.values()).allSatisfy(
                metric -> assertThat(metric.labels().stream().map(MetricLabel::key)).doesNotHaveDuplicates());
    }

    @Test
    void aCountIsReadAtEachScrape() {
        AtomicLong admitted = new AtomicLong(1);
        metrics.server("llama", readings(OptionalDouble::empty, admitted));
        assertThat(metrics.scrape()).contains("lastcall_requests_admitted_total{server=\"llama\"} 1.0\n");

        admitted.set(5);
        System.gc();

        assertThat(metrics.scrape()).contains("lastcall_requests_admitted_total{server=\"llama\"} 5.0\n");
    }

    /** A sum over servers would be NaN if one of them were. */
    @Test
    void whatHasNoValueIsAbsentUntilItHasOne() {
        AtomicReference<OptionalDouble> inFlight = new AtomicReference<>(OptionalDouble.empty());
        metrics.server("llama", readings(inFlight::get, new AtomicLong()));
        assertThat(metrics.scrape()).doesNotContain("lastcall_requests_in_flight");

        inFlight.set(OptionalDouble.of(7));
        assertThat(metrics.scrape()).contains("lastcall_requests_in_flight{server=\"llama\"} 7.0\n");
        inFlight.set(OptionalDouble.of(8));
        assertThat(metrics.scrape()).contains("lastcall_requests_in_flight{server=\"llama\"} 8.0\n");

        inFlight.set(OptionalDouble.empty());
        assertThat(metrics.scrape()).doesNotContain("lastcall_requests_in_flight");
    }

    @Test
    void whatCannotBeReadCostsItsOwnSeriesOnly() {
        metrics.server("llama", readings(() -> {
            throw new IllegalStateException("a fault");
        }, new AtomicLong(3)));

        assertThat(metrics.scrape()).contains("lastcall_requests_admitted_total{server=\"llama\"} 3.0\n")
                .doesNotContain("lastcall_requests_in_flight");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatIsGoneLeavesNoSeries(boolean scraped) {
        metrics.server("llama", readings(() -> OptionalDouble.of(1), new AtomicLong()));
        metrics.server("other", readings(() -> OptionalDouble.of(1), new AtomicLong()));
        if (scraped) {
            assertThat(metrics.scrape()).contains("lastcall_requests_in_flight{server=\"llama\"} 1.0\n");
        }

        metrics.removeServer("llama");

        assertThat(metrics.scrape()).doesNotContain("llama")
                .contains("lastcall_requests_in_flight{server=\"other\"} 1.0\n");
    }

    private static ServerReadings readings(Supplier<OptionalDouble> inFlight, AtomicLong admitted) {
        return new ServerReadings(() -> true, inFlight, admitted::get, Map.of("draining", () -> 0), () -> 0, () -> 0,
                () -> 0, () -> 0, () -> 0);
    }

    private void makeAllAppear() {
        metrics.deadline(() -> OptionalDouble.of(98.5));
        metrics.source("aws-spot", () -> 0.75, kind -> kind == MetadataProblem.Kind.TIMEOUT ? 1 : 0);
        metrics.noticed("aws-spot", NoticeKind.SPOT_INTERRUPTION);
        metrics.server("llama", new ServerReadings(() -> false, () -> OptionalDouble.of(7), () -> 1200,
                Map.of("draining", () -> 3, "malformed", () -> 1), () -> 1180, () -> 4, () -> 7, () -> 2, () -> 0));
        metrics.doorTurned(DoorTurn.CLOSED, Duration.ofMillis(3));
        metrics.drainPhaseEnded("draining", Duration.ofMillis(30_500));
        metrics.drained("drained", Duration.ofMillis(41_250));
        metrics.apiRefused(ApiRefusal.TOO_LARGE);
        metrics.started(Instant.ofEpochSecond(1_795_000_000));
        metrics.isProtected(() -> false);
        metrics.conditionRaised("server-down", "critical", "llama");
        metrics.conditionRaised("source-blind", "warning", "aws-spot");
        metrics.conditionCleared("source-blind", "warning", "aws-spot");
        metrics.kubernetesCalls("patch", "ok", () -> 3);
        metrics.model("llama-3", () -> true, () -> 4096, () -> 2048);
        metrics.cache(() -> 4096);
        metrics.evictions(() -> 1, () -> 1024);
        metrics.warmed("llama-3", WarmupOutcome.WARM, Duration.ofSeconds(12));
        metrics.fetched("llama-3", 4100, 5, 2);
        metrics.internalFault("source-aws-spot");
    }
}
