// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.Verdict;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The image, with no rights to speak of, before a real llama-server in another container, under load through the gate. */
@Timeout(300)
class ImageTest {

    private static final int SEEN_REFUSED = 20;

    /** With the base. */
    private static final long MOST_BYTES = 150_000_000;

    /** What {@code docker stop} is given: longer than {@code drain.finish}, which its default of 10 s is not. */
    private static final Duration PATIENCE_OF_THE_ENGINE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void noticeOfAws() throws IOException, InterruptedException {
        drainsWhole(Pod.Cloud.AWS, "the image, AWS notice, 120 s");
    }

    @Test
    void preemptionByGoogleCloud() throws IOException, InterruptedException {
        drainsWhole(Pod.Cloud.GCP, "the image, Google Cloud preemption, 30 s");
    }

    private void drainsWhole(Pod.Cloud cloud, String title) throws IOException, InterruptedException {
        try (Pod pod = new Pod(folder, cloud); Traffic traffic = Traffic.on(pod.gate())) {
            pod.reclaim();
            traffic.awaitRefused(SEEN_REFUSED);
            Awaitility.await("the server is stopped").atMost(Node.PATIENCE).until(() -> !pod.serverRuns());
            AgentContainer agent = pod.agent();
            nothingLost(traffic.end(title), agent);

            Awaitility.await("the drain is recorded").atMost(Node.PATIENCE).until(() -> !agent.drains().isEmpty());
            JsonNode drained = agent.drains().getLast();
            assertThat(drained.path("outcome").asString("").toLowerCase(Locale.ROOT)).isEqualTo("drained");
            assertThat(Instant.parse(drained.path("stopSentAt").asString("")))
                    .isAfterOrEqualTo(Instant.parse(drained.path("idleAt").asString("")));
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void stoppedByTheEngine() throws IOException, InterruptedException, ExecutionException {
        try (Pod pod = new Pod(folder, Pod.Cloud.GCP); Traffic traffic = Traffic.on(pod.gate())) {
            AgentContainer agent = pod.agent();
            assertThat(agent.run("cat", "/proc/self/mountinfo")).containsPattern(" /tmp [^\\n]*noexec");
            CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> agent.stop(PATIENCE_OF_THE_ENGINE));
            traffic.awaitRefused(1);
            FateTable table = traffic.end("the image, docker stop");
            stop.get();

            nothingLost(table, agent);
            assertThat(agent.state().getExitCodeLong()).isZero();
            assertThat(agent.log()).contains("stop signal without a notice");
            assertThat(pod.serverRuns()).isTrue();
        }
    }

    private static void nothingLost(FateTable table, AgentContainer agent) {
        assertThat(table.count(Verdict.LOST)).as("lost: %s; the agent said:%n%s", table.details(), agent.log())
                .isZero();
        assertThat(table.count(Verdict.CUT)).as("cut: %s; the agent said:%n%s", table.details(), agent.log()).isZero();
    }

    /** On the base that {@code packaging/image/build} makes. */
    @Test
    void staysSmall() {
        assertThat(AgentContainer.imageBytes()).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void healthyWithoutAServer() throws IOException {
        try (AgentContainer agent = AgentContainer.start(folder, "cloud: none\n")) {
            Awaitility.await("the engine calls it healthy")
                    .atMost(Node.PATIENCE)
                    .until(() -> agent.state().getHealth().getStatus().equals("healthy"));
        }
    }

    @Test
    void brokenConfiguration() throws IOException {
        try (AgentContainer agent = AgentContainer.start(folder, "cloud: moon\n")) {
            Awaitility.await("it ends").atMost(Node.PATIENCE).until(() -> !agent.isRunning());
            assertThat(agent.state().getExitCodeLong()).isEqualTo(2);
            assertThat(agent.log()).contains("/etc/lastcall/lastcall.yaml").contains("moon");
        }
    }
}
