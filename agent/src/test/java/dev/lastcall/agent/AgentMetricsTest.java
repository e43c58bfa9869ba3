// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.lastcall.agent.telemetry.Metric;
import dev.lastcall.agent.telemetry.MetricLabel;
import dev.lastcall.agent.telemetry.Scrape;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a running agent shows at {@code /metrics} while it drains a server. */
@Timeout(120)
class AgentMetricsTest {

    @TempDir
    Path directory;

    private FakeModel model;
    private Process process;
    private AgentText text;
    private Agent agent;

    @BeforeEach
    void start() throws IOException {
        model = new FakeModel();
        process = new ProcessBuilder("sleep", "600").start();
        text = AgentText.in(directory).server(model, process);
        agent = Agents.start(text, NodeClock.system());
    }

    @AfterEach
    void end() {
        agent.close();
        process.destroyForcibly();
        model.close();
    }

    @Test
    void aDrainShowsItsDoorItsPhasesAndWhatBecameOfTheRequests() {
        assertThat(scrape().has("lastcall_deadline_seconds")).as("without a notice").isFalse();
        assertThat(Ask.get(agent.gatePort("model"), "/").status()).isEqualTo(200);
        CompletableFuture<Ask.Answer> held = Ask.inBackground(agent.gatePort("model"), "/hold");
        soon().until(() -> model.held() == 1);

        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"100s\"}");
        Scrape during = scrape();
        soon().until(() -> scrape().sum("lastcall_notice_to_door_seconds_count") == 1);
        model.release();
        assertThat(held.join().status()).isEqualTo(200);
        process.onExit().join();
        soon().until(() -> scrape().has("lastcall_drain_seconds_count"));
        Scrape after = scrape();

        assertThat(during.sum("lastcall_deadline_seconds")).isPositive();
        assertThat(during.sum("lastcall_requests_in_flight", "server=\"model\"")).isEqualTo(1);
        assertThat(after.sum("lastcall_requests_admitted_total", "server=\"model\"")).isEqualTo(2);
        assertThat(after.sum("lastcall_requests_completed_total", "server=\"model\"")).isEqualTo(2);
        assertThat(after.sum("lastcall_notice_to_door_seconds_count")).isEqualTo(1);
        for (String phase : new String[]{"settling", "draining", "stopping"}) {
            assertThat(after.sum("lastcall_drain_phase_seconds_count", "phase=\"" + phase + "\"")).as(phase)
                    .isEqualTo(1);
        }
        assertThat(after.sum("lastcall_drain_seconds_count", "outcome=\"drained\"")).isEqualTo(1);
        assertThat(after.series()).allSatisfy(AgentMetricsTest::assertOfTheModel);
    }

    @Test
    void requestsThatEndOtherwiseAreCountedToo() {
        model.close();

        assertThat(Ask.get(agent.gatePort("model"), "/").status()).isBetween(502, 503);

        soon().until(() -> scrape().sum("lastcall_requests_upstream_failures_total", "server=\"model\"") == 1);
        assertThat(scrape().sum("lastcall_requests_completed_total")).isZero();
    }

    /** Labels of a closed set have no other value, whichever part of the agent gave it. */
    private static void assertOfTheModel(Scrape.Series series) {
        Optional<Metric> metric = Arrays.stream(Metric.values())
                .filter(one -> one.seriesNames().contains(series.name()))
                .findFirst();
        assertThat(metric).as(series.name()).isPresent();
        assertThat(series.value()).as(series.name()).isNotNaN();
        List<MetricLabel> labels = metric.get().labels();
        assertThat(series.labels()).as(series.name())
                .containsOnlyKeys(labels.stream().map(MetricLabel::key).toList());
        for (MetricLabel label : labels) {
            MetricReference.values(label)
                    .ifPresent(all -> assertThat(all).as("%s of %s", label.key(), series.name())
                            .contains(series.labels().get(label.key())));
        }
    }

    private Scrape scrape() {
        return Scrape.of(Ask.get(agent.apiPort(), "/metrics").body());
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
