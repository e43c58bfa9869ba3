// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.agent.servers.PreStopWaiter;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The node's agent and a gate in a pod, which are two agents: from the notice of the one to the door of the other. */
@Timeout(120)
class SidecarTest {

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeModel model;
    private FakeCluster cluster;

    @BeforeEach
    void startModel() throws IOException {
        model = opened(new FakeModel());
        cluster = opened(FakeCluster.start());
        cluster.put(SampleObjects.nodeYaml("gpu-1"));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void theGateInThePodClosesThePodGoesAtOnceAndTheHookIsHeldUntilTheLastAnswer() throws IOException {
        Agent node = node();
        Agent sidecar = sidecar();
        cluster.put(gatedPod(sidecar.apiPort()));
        soon().until(() -> node.status().servers().size() == 1);
        CompletableFuture<Ask.Answer> inFlight = Ask.inBackground(sidecar.gatePort("model"), "/hold");
        soon().until(() -> model.held() == 1);

        drain("60s");

        soon().until(() -> Ask.isTurnedAway(sidecar.gatePort("model")));
        soon().until(() -> cluster.pod("inference", "vllm-0").path("metadata").has("deletionTimestamp"));
        CompletableFuture<Ask.Answer> hook = Ask.inBackground(sidecar.apiPort(), "/v1/hold");
        soon().until(() -> Integer.valueOf(1).equals(node.status().servers().getFirst().inFlight()));
        assertThat(hook).isNotDone();
        model.release();
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(hook.join()).isEqualTo(new Ask.Answer(200, "drained\n"));
        cluster.removePod("inference", "vllm-0");
        soon().until(() -> node.status().drains().size() == 1);
        StatusView.Counts counts = Objects.requireNonNull(sidecar.status().servers().getFirst().counts());
        assertThat(counts.lost()).isZero();
        assertThat(counts.cut()).isZero();
    }

    private static boolean saw(Agent sidecar, String state) {
        return sidecar.status().sources().stream().anyMatch(source -> source.state().equals(state));
    }

    @Test
    void aGateThatHasHeardKeepsItsDoorClosedWhileTheAgentIsAway() throws IOException {
        Agent node = node();
        Agent sidecar = sidecar();
        soon().until(() -> saw(sidecar, "absent"));
        drain("100s");
        soon().until(() -> Ask.isTurnedAway(sidecar.gatePort("model")));
        node.close();
        soon().until(() -> saw(sidecar, "unknown"));
        assertThat(Ask.isTurnedAway(sidecar.gatePort("model"))).isTrue();
    }

    @Test
    void aGateWithoutAnAgentLetsRequestsThroughAndSaysThatItIsBlind() throws IOException {
        Agent sidecar = sidecar();
        assertThat(Ask.get(sidecar.gatePort("model"), "/").status()).isEqualTo(200);
        soon().until(() -> saw(sidecar, "unknown"));
        assertThat(sidecar.status().sources().getFirst().problem()).contains("the node's agent");
    }

    @Test
    void aHookOfARollingUpdateIsHeldUntilItIsQuietAndNoDoorIsClosedForIt() throws IOException {
        Agent sidecar = sidecar();
        CompletableFuture<Ask.Answer> inFlight = Ask.inBackground(sidecar.gatePort("model"), "/hold");
        soon().until(() -> model.held() == 1);
        CompletableFuture<Ask.Answer> hook = Ask.inBackground(sidecar.apiPort(), "/v1/hold");
        Awaitility.await()
                .during(PreStopWaiter.SETTLE.plusSeconds(1))
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> !hook.isDone());
        assertThat(Ask.get(sidecar.gatePort("model"), "/").status()).isEqualTo(200);
        model.release();
        assertThat(inFlight.join().status()).isEqualTo(200);
        assertThat(hook.join()).isEqualTo(new Ask.Answer(200, "idle\n"));
    }

    @Test
    void theNodesAgentHoldsTheHookOfAPodWithoutAGateByTheNameOfItsApp() throws IOException {
        FakeVllm vllm = opened(new FakeVllm());
        vllm.running(1);
        cluster.put(SampleObjects.podYaml(Map.of("port", Integer.toString(vllm.port())))
                .replace("labels: {app: vllm-0}", "annotations: {lastcall.dev/kind: vllm}\n  labels: {app: vllm}"));
        Agent node = node();
        soon().until(() -> node.status().servers().size() == 1);
        CompletableFuture<Ask.Answer> hook = Ask.inBackground(node.apiPort(), "/v1/hold/inference/vllm");
        assertThat(Ask.get(node.apiPort(), "/v1/hold/inference/other").status()).isEqualTo(404);
        drain("100s");
        soon().until(() -> node.reclamation().isPresent());
        assertThat(hook).isNotDone();
        vllm.running(0);
        assertThat(hook.join().status()).isEqualTo(200);
    }

    @Test
    void aDryRunNotifiesNoGateInAPodAndNoRouter() throws IOException {
        Agent node = node("settleTime: 200ms, dryRun: true");
        Agent sidecar = sidecar();
        cluster.put(gatedPod(sidecar.apiPort()));
        soon().until(() -> saw(sidecar, "absent") && node.status().servers().size() == 1);
        CompletableFuture<Ask.Answer> inFlight = Ask.inBackground(sidecar.gatePort("model"), "/hold");
        soon().until(() -> model.held() == 1);
        CompletableFuture<Ask.Answer> hook = Ask.inBackground(node.apiPort(), "/v1/hold/inference/vllm-0");

        drain("1s");

        soon().until(() -> !node.status().drains().isEmpty());
        assertThat(Ask.get(sidecar.gatePort("model"), "/").status()).isEqualTo(200);
        assertThat(sidecar.reclamation()).isEmpty();
        assertThat(Ask.get(node.apiPort(), "/readyz").body()).doesNotContain("taken back");
        assertThat(hook).as("what only pretends to be drained is not").isNotDone();
        assertThat(cluster.pod("inference", "vllm-0").path("metadata").has("deletionTimestamp")).isFalse();
        model.release();
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
    }

    private Agent node() throws IOException {
        return node("settleTime: 200ms");
    }

    private Agent node(String drain) throws IOException {
        Path home = Files.createDirectories(directory.resolve("node"));
        return opened(Agents.start(AgentText.in(home).drain(drain).notices("""
                cloud: none
                kubernetes: {node: gpu-1, apiServer: "%s", serviceAccount: %s}
                relay: {socket: %s}
                """.formatted(cluster.url(), cluster.account(), relay())), NodeClock.system()));
    }

    private Path relay() {
        return directory.resolve("gates").resolve("n.sock");
    }

    private Agent sidecar() throws IOException {
        Path home = Files.createDirectories(directory.resolve("pod"));
        return opened(Agents.start(new AgentText(home, """
                cloud: none
                sources: [{name: node-agent, agent: %s}]
                """.formatted(relay()), "settleTime: 200ms", """
                servers:
                  - {name: model, url: "http://127.0.0.1:%d", kind: generic, gate: {listen: "127.0.0.1:0"}}
                """.formatted(model.port())), NodeClock.system()));
    }

    private String gatedPod(int statusPort) {
        return SampleObjects.podYaml(Map.of("port", Integer.toString(model.port())))
                .replace("  containers:", """
                        initContainers:
                        - name: lastcall-gate
                          image: lastcall
                          restartPolicy: Always
                          ports: [{name: lastcall, containerPort: %d}]
                        containers:""".formatted(statusPort).indent(2).stripTrailing())
                .replace("resources:", "lifecycle: {preStop: {httpGet: {path: /v1/hold, port: 9809}}}\n    resources:");
    }

    private void drain(String window) {
        Path socket = AgentText.in(directory.resolve("node")).controlSocket();
        Ask.Answer answer = Ask.post(socket, "/v1/drain", "{\"window\":\"" + window + "\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }
}
