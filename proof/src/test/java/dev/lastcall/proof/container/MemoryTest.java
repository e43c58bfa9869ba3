// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The DaemonSet's agent under the DaemonSet's limit of memory, to which the page cache of what it writes is charged, while it
 * warms a model of ten times as much.
 */
@Timeout(600)
class MemoryTest {

    /** The report of the tests is where a proof's figures belong. */
    private static final PrintStream REPORT = System.out;

    private static final int FILES = 2;
    private static final long FILE_BYTES = 1280L << 20;
    private static final Duration WARM_BOUND = Duration.ofMinutes(6);

    /** Looks come once a second; an agent that pants for memory would miss many. */
    private static final Duration BLIND_BOUND = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void warmsTenTimesItsLimit() throws IOException {
        try (Weights weights = new Weights(FILES, FILE_BYTES);
                NodeAgent agent = agent(weights);
                GenericContainer<?> waiting = waiting(agent.manifests())) {
            waiting.start();
            Path marker = agent.manifests().folder("/run/lastcall").resolve("warm/weights");
            long begun = System.nanoTime();
            Duration blind = awaitAlive(agent, "the model is warm", () -> Files.exists(marker));
            report(agent, weights, begun, blind);
            for (int i = 0; i < FILES; i++) {
                assertThat(agent.manifests()
                        .folder("/var/lib/lastcall")
                        .resolve("models/weights/model-" + i
                                + ".bin"))
                        .satisfies(file -> assertThat(Files.size(file)).isEqualTo(FILE_BYTES));
            }
            Awaitility.await("the init container ends").atMost(Node.PATIENCE).until(() -> !waiting.isRunning());
            assertThat(waiting.getCurrentContainerInfo().getState().getExitCodeLong()).as(waiting.getLogs()).isZero();
            seesTheNotice(agent);
        }
    }

    /** The example's init container, which sees nothing of the node but the markers. */
    private static GenericContainer<?> waiting(ManifestContainer manifests) throws IOException {
        JsonNode spec = Manifests.example().path("spec").path("template").path("spec");
        GenericContainer<?> waiting = manifests.of(spec, Manifests.initContainer("lastcall-wait"));
        String[] args = waiting.getCommandParts();
        args[1] = "weights";
        waiting.withCommand(args);
        return waiting;
    }

    @Test
    void seesANoticeInTheMiddleOfIt() throws IOException {
        try (Weights weights = new Weights(FILES, FILE_BYTES); NodeAgent agent = agent(weights)) {
            awaitAlive(agent, "a quarter is there", () -> weights.sent() > weights.bytes() / 4);
            seesTheNotice(agent);
            assertThat(agent.manifests().folder("/run/lastcall").resolve("warm/weights")).doesNotExist();
        }
    }

    private NodeAgent agent(Weights weights) throws IOException {
        return new NodeAgent(folder, Map.of("LASTCALL_MODELS_0_NAME", "weights", "LASTCALL_MODELS_0_FROM",
                weights.folder().toString()));
    }

    private interface Sign {
        boolean isThere() throws IOException;
    }

    /** Waits; returns the longest time that went by meanwhile without a look for a notice. */
    private static Duration awaitAlive(NodeAgent agent, String what, Sign sign) {
        long[] last = {agent.looks(), System.nanoTime()};
        long[] longest = {0};
        Awaitility.await(what).atMost(WARM_BOUND).until(() -> {
            assertThat(agent.state().getRunning()).as("the agent lives; it said:%n%s", agent.log()).isTrue();
            long looks = agent.looks();
            longest[0] = Math.max(longest[0], System.nanoTime() - last[1]);
            if (looks > last[0]) {
                last[0] = looks;
                last[1] = System.nanoTime();
            }
            return sign.isThere();
        });
        Duration blind = Duration.ofNanos(longest[0]);
        assertThat(blind).isLessThan(BLIND_BOUND);
        return blind;
    }

    private static void seesTheNotice(NodeAgent agent) {
        long noticed = System.nanoTime();
        agent.reclaim();
        Awaitility.await("the node is marked")
                .atMost(BLIND_BOUND)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> agent.cluster()
                        .node(NodeAgent.NODE)
                        .path("spec")
                        .path("taints")
                        .toString()
                        .contains(
                                "lastcall.dev/interrupted"));
        REPORT.printf(Locale.ROOT, "%nmarked %.1f s after the notice%n", (System.nanoTime() - noticed) / 1e9);
        assertThat(agent.state().getRunning()).isTrue();
        assertThat(agent.state().getOOMKilled()).isFalse();
    }

    private static void report(NodeAgent agent, Weights weights, long begun, Duration blind) throws IOException {
        REPORT.printf(Locale.ROOT,
                "%nunder the DaemonSet's limit: %d MiB warm after %.1f s, %d MiB of its own at most, never longer than"
                        + " %.1f s without a look for a notice%n",
                weights.bytes() >> 20, (System.nanoTime() - begun) / 1e9, agent.mostResidentMebibytes(),
                blind.toMillis() / 1e3);
    }
}
