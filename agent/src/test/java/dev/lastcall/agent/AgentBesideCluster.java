// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** An agent beside an API server, and what the tests of both ask. */
@Timeout(120)
abstract class AgentBesideCluster {

    static final String EVICT = "create pods/eviction";
    static final String DELETE = "delete pods";
    static final String HOLDING_HOOK = "resources: {limits: {nvidia.com/gpu: 1}}\n"
            + "    lifecycle: {preStop: {httpGet: {path: /v1/hold, port: 9809}}}";

    @TempDir
    Path directory;

    final List<AutoCloseable> opened = new ArrayList<>();
    FakeCluster cluster;
    FakeVllm vllm;

    @BeforeEach
    void startCluster() throws IOException {
        cluster = opened(FakeCluster.start());
        cluster.put(SampleObjects.nodeYaml("gpu-1"));
        vllm = opened(new FakeVllm());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    String pod(String name, FakeVllm server) {
        return SampleObjects.podYaml(Map.of("name", name, "port", Integer.toString(server.port())))
                .replace("labels: {", "annotations: {lastcall.dev/kind: vllm}\n  labels: {");
    }

    Agent start() {
        return opened(Agents.start(text(), NodeClock.system()));
    }

    AgentText text() {
        return AgentText.in(directory).notices("""
                cloud: none
                kubernetes: {node: gpu-1, apiServer: "%s", serviceAccount: %s}
                """.formatted(cluster.url(), cluster.account()));
    }

    static void following(Agent agent, int pods) {
        soon().until(() -> agent.status().servers().size() == pods);
    }

    void drain(String window) {
        Ask.Answer answer = Ask.post(AgentText.in(directory).controlSocket(), "/v1/drain",
                "{\"window\":\"" + window + "\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    void undrain() {
        assertThat(Ask.post(AgentText.in(directory).controlSocket(), "/v1/undrain", "").status()).isEqualTo(202);
    }

    boolean isTainted() {
        return cluster.node("gpu-1").path("spec").path("taints").toString().contains("lastcall.dev/interrupted");
    }

    boolean isLeaving(String pod) {
        return cluster.pod("inference", pod).path("metadata").has("deletionTimestamp");
    }

    /** The start is over: the node has been rehearsed on, and bears the word of its protection. */
    void started() {
        soon().until(() -> cluster.asked("patch nodes").size() == 1 && !nodeCondition("lastcall.dev/Protected")
                .isMissingNode());
    }

    JsonNode nodeCondition(String type) {
        JsonNode status = cluster.node("gpu-1").path("status");
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asString("").equals(type)) {
                return condition;
            }
        }
        return status.path("no such condition");
    }

    String openCondition(String pod) {
        for (JsonNode condition : cluster.pod("inference", pod).path("status").path("conditions")) {
            if (condition.path("type").asString("").equals("lastcall.dev/open")) {
                return condition.path("status").asString("");
            }
        }
        return "";
    }

    static List<String> conditions(Agent agent) {
        return agent.status().conditions().stream().map(one -> one.code() + " " + one.subject()).toList();
    }

    <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }
}
