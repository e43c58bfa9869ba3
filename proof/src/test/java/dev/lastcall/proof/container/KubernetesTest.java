// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.Verdict;
import dev.lastcall.agent.kubernetes.FakeCluster;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The manifests on a real container engine: a real llama-server behind the gate in its pod, the node's agent, and an API server
 * over real HTTP. The engine's containers have the limits, rights and volumes of the manifests.
 */
@Timeout(300)
class KubernetesTest {

    private static final int SEEN_REFUSED = 20;
    private static final String EVICT = "create pods/eviction";

    @TempDir
    private Path folder;

    @Test
    void noticeOfAws() throws IOException, InterruptedException, ExecutionException {
        try (ClusterNode node = new ClusterNode(folder);
                Traffic traffic = Traffic.on(node.pod().url(), node::isRouted)) {
            CompletableFuture<SidecarPod.End> kubelet = node.kubelet();
            long noticed = System.nanoTime();
            node.agent().reclaim();
            refusesNewOnes(node, traffic);
            SidecarPod.End end = kubelet.get();
            Duration took = Duration.ofNanos(System.nanoTime() - noticed);
            FateTable table = traffic.end("a pod with a gate, AWS notice, 120 s");

            nothingLost(table, node);
            leftInTime(end, took);
            wasNotified(node.agent().cluster());
            Awaitility.await("the drain is recorded")
                    .atMost(Node.PATIENCE)
                    .until(() -> !node.agent().drains().isEmpty());
            assertThat(node.agent().drains().getLast().path("outcome").asString("")).isEqualTo("drained");
            assertThat(node.agent().log()).doesNotContain(FakeCluster.TOKEN);
        }
    }

    @Test
    void agentKilledInMidDrain() throws IOException, InterruptedException, ExecutionException {
        try (ClusterNode node = new ClusterNode(folder);
                Traffic traffic = Traffic.on(node.pod().url(), node::isRouted)) {
            CompletableFuture<SidecarPod.End> kubelet = node.kubelet();
            long noticed = System.nanoTime();
            node.agent().reclaim();
            traffic.awaitRefused(1);
            Awaitility.await("the pod is evicted").atMost(Node.PATIENCE).until(() -> node.grace() > 0);
            node.agent().kill();
            int inFlight = traffic.inFlight();
            refusesNewOnes(node, traffic);
            SidecarPod.End end = kubelet.get();
            Duration took = Duration.ofNanos(System.nanoTime() - noticed);
            FateTable table = traffic.end("a pod with a gate, its node's agent killed in mid-drain with " + inFlight
                    + " requests in flight");

            nothingLost(table, node);
            leftInTime(end, took);
            String marked = node.agent().cluster().node(NodeAgent.NODE).path("metadata").path("annotations").toString();
            int lists = node.agent().cluster().asked("list pods").size();
            node.agent().startAgain();
            Awaitility.await("the agent is there again")
                    .atMost(Node.PATIENCE)
                    .until(() -> node.agent().cluster().asked("list pods").size() > lists);
            assertThat(node.agent().cluster().node(NodeAgent.NODE).path("metadata").path("annotations").toString())
                    .isEqualTo(marked);
            wasNotified(node.agent().cluster());
        }
    }

    private static void refusesNewOnes(ClusterNode node, Traffic traffic) throws IOException, InterruptedException {
        traffic.awaitRefused(SEEN_REFUSED);
        HttpResponse<String> answer = node.pod().ask();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    }

    private static void nothingLost(FateTable table, ClusterNode node) {
        assertThat(table.count(Verdict.LOST)).as("lost: %s; the gate said:%n%s", table.details(), node.pod().log())
                .isZero();
        assertThat(table.count(Verdict.CUT)).as("cut: %s; the gate said:%n%s", table.details(), node.pod().log())
                .isZero();
    }

    private static void leftInTime(SidecarPod.End end, Duration took) {
        assertThat(end.hook()).isEqualTo("drained");
        assertThat(end.killed()).as("a container was killed").isFalse();
        assertThat(took).isLessThan(NodeAgent.WINDOW);
    }

    private static void wasNotified(FakeCluster cluster) {
        assertThat(cluster.asked("patch pods/status").getLast().body()).contains("\"False\"");
        assertThat(cluster.asked(EVICT)).hasSize(1);
        assertThat(cluster.asked(EVICT).getFirst().body())
                .containsPattern("\"gracePeriodSeconds\":(9[0-9]|1[01][0-9])\\b");
        assertThat(cluster.asked("delete pods")).isEmpty();
        assertThat(cluster.node(NodeAgent.NODE).path("spec").path("taints").toString())
                .contains("lastcall.dev/interrupted");
        assertThat(cluster.node(NodeAgent.NODE).path("spec").path("unschedulable").asBoolean(false)).isTrue();
        assertThat(cluster.node(NodeAgent.NODE).path("status").path("conditions").toString())
                .contains("LastcallSpotInterruption");
    }
}
