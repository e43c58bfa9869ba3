// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.time.Duration;

import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole agent beside an API server: from the notice to the pods that go. */
class KubernetesAgentTest extends AgentBesideCluster {

    @Test
    void atANoticeTheNodeIsMarkedTheIdlePodGoesAndTheBusyOneGoesWhenItIsIdle() throws IOException {
        FakeVllm busy = opened(new FakeVllm());
        busy.running(3);
        cluster.put(pod("idle", vllm));
        cluster.put(pod("busy", busy));
        Agent agent = start();
        following(agent, 2);

        drain("100s");

        soon().until(() -> isTainted() && cluster.events().size() == 1);
        soon().until(() -> isLeaving("idle"));
        assertThat(isLeaving("busy")).isFalse();
        busy.running(0);
        soon().until(() -> isLeaving("busy"));
        assertThat(cluster.asked(EVICT)).hasSize(2);
        assertThat(cluster.asked(DELETE)).isEmpty();
        assertThat(cluster.pod("inference", "busy").path("metadata").path("deletionGracePeriodSeconds").asInt(0))
                .isEqualTo(30);
        cluster.removePod("inference", "idle");
        cluster.removePod("inference", "busy");
        soon().until(() -> agent.status().drains().size() == 2);
        assertThat(agent.status().drains()).allMatch(drain -> drain.outcome().equals("drained"));
    }

    @Test
    void aPodThatHoldsItsOwnDoorIsAskedToGoAtOnceAndHasAllTheTimeThereIs() {
        vllm.running(5);
        cluster.put(pod("vllm", vllm).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK));
        Agent agent = start();
        following(agent, 1);

        drain("100s");

        soon().until(() -> isLeaving("vllm"));
        assertThat(cluster.pod("inference", "vllm").path("metadata").path("deletionGracePeriodSeconds").asInt(0))
                .isBetween(60, 95);
        assertThat(agent.status().servers().getFirst().phase()).isNotEqualTo("stopped");
    }

    @Test
    void aPodThatComesBackWithAnotherAddressIsLookedForThere() {
        String pod = pod("vllm", vllm).replace("  namespace: inference", "  namespace: inference\n  uid: the-same");
        cluster.put(pod.replace("podIP: 127.0.0.1", "podIP: 127.0.0.9"));
        Agent agent = start();
        following(agent, 1);
        cluster.put(pod);
        soon().until(() -> Integer.valueOf(0).equals(agent.status().servers().getFirst().inFlight()));
        assertThat(agent.status().servers()).hasSize(1);
    }

    @Test
    void aDisruptionBudgetThatRefusesCannotHoldANodeThatGoes() {
        cluster.disruptionBudget(0);
        cluster.put(pod("vllm", vllm));
        following(start(), 1);
        drain("20s");

        soon().until(() -> isLeaving("vllm"));
        assertThat(cluster.asked(EVICT)).isNotEmpty();
        assertThat(cluster.asked(DELETE)).hasSize(1);
    }

    @Test
    void whereEvictionsAreForbiddenThePodIsDeleted() {
        cluster.deny(EVICT);
        cluster.put(pod("vllm", vllm));
        Agent agent = start();
        following(agent, 1);
        drain("60s");

        soon().until(() -> isLeaving("vllm"));
        assertThat(cluster.asked(EVICT)).isNotEmpty();
        assertThat(conditions(agent)).contains("forbidden create pods/eviction");
    }

    @Test
    void aPodThatAnotherClientDeletesIsLeftToIt() throws IOException {
        vllm.running(1);
        cluster.put(pod("vllm", vllm));
        Agent agent = start();
        following(agent, 1);
        drain("100s");
        cluster.deletePod("inference", "vllm", 20);
        // What the agent hears of after the deletion: once it knows this pod, it knows of that.
        FakeVllm later = opened(new FakeVllm());
        later.running(1);
        cluster.put(pod("later", later).replace("annotations: {", "annotations: {lastcall.dev/policy: leave, "));
        following(agent, 2);
        vllm.running(0);
        soon().until(() -> agent.status().servers().getFirst().phase().equals("stopping"));
        cluster.removePod("inference", "vllm");
        soon().until(() -> agent.status().drains().size() == 1);

        assertThat(cluster.asked(EVICT)).isEmpty();
        assertThat(cluster.asked(DELETE)).isEmpty();
    }

    @Test
    void readinessIsGivenToAPodThatAsksForItTakenAtTheNoticeAndGivenBackAtTheWithdrawal() {
        vllm.running(1);
        cluster.put(
                pod("vllm", vllm).replace("spec:", "spec:\n  readinessGates: [{conditionType: lastcall.dev/open}]"));
        following(start(), 1);
        soon().until(() -> openCondition("vllm").equals("True"));

        drain("100s");
        soon().until(() -> openCondition("vllm").equals("False"));
        undrain();
        soon().until(() -> openCondition("vllm").equals("True") && !isTainted());
        assertThat(isLeaving("vllm")).isFalse();
    }

    @Test
    void theServerAndItsDoorNeedNoClusterAndTheMarksFollowWhenItIsBack() throws Exception {
        FakeModel model = opened(new FakeModel());
        Process process = new ProcessBuilder("sleep", "600").start();
        opened.add(process::destroyForcibly);
        cluster.slow(Duration.ofSeconds(5));
        Agent agent = opened(Agents.start(text().server(model, process), NodeClock.system()));

        drain("60s");

        assertThat(Ask.isTurnedAway(agent.gatePort("model"))).isTrue();
        process.onExit().join();
        cluster.slow(Duration.ZERO);
        soon().until(this::isTainted);
    }

    @Test
    void withoutAnyPermissionTheAgentSaysSoAndDrainsItsOwnServer() throws Exception {
        cluster.denyAll();
        FakeModel model = opened(new FakeModel());
        Process process = new ProcessBuilder("sleep", "600").start();
        opened.add(process::destroyForcibly);
        Agent agent = opened(Agents.start(text().server(model, process), NodeClock.system()));
        soon().until(() -> conditions(agent).contains("pods-unknown kubernetes"));

        drain("60s");

        process.onExit().join();
        soon().until(() -> conditions(agent).contains("forbidden patch nodes/status"));
        assertThat(Ask.get(agent.apiPort(), "/v1/status").body()).contains("forbidden")
                .doesNotContain(FakeCluster.TOKEN);
    }

    @Test
    void annotationsThatMakeNoSenseAreReportedAndThePodIsDrainedByTheDefaults() {
        cluster.put(pod("vllm", vllm).replace("{lastcall.dev/kind: vllm}", "{lastcall.dev/port: \"99999\", "
                + "lastcall.dev/policy: nuke, lastcall.dev/grace: 9999999h, lastcall.dev/hodl: \"true\", "
                + "lastcall.dev/kind: \"v\\nLLM\"}"));
        Agent agent = start();
        soon().until(() -> cluster.events().size() == 1);
        assertThat(cluster.events().getFirst().path("message").asString("")).contains("99999")
                .contains("nuke")
                .contains("v.LLM")
                .contains("lastcall.dev/hodl is no annotation")
                .contains("drained by the defaults");
        assertThat(conditions(agent)).contains("bad-annotation inference/vllm");
        drain("20s");
        soon().until(() -> !cluster.asked(EVICT).isEmpty());
    }

    @Test
    void aPodWithAnUnknownDeviceIsNamedForAsLongAsItIsThere() {
        cluster.put(pod("npu", vllm).replace("nvidia.com/gpu: 1", "example.com/npu: 1"));
        cluster.put(pod("mig", vllm).replace("nvidia.com/gpu: 1", "nvidia.com/mig-3g.20gb: 1"));
        Agent agent = start();
        following(agent, 1);
        soon().until(() -> conditions(agent).contains("unknown-accelerator inference/npu"));
        cluster.removePod("inference", "npu");
        soon().until(() -> !conditions(agent).contains("unknown-accelerator inference/npu"));
    }

    @Test
    void podsOfDaemonSetsStaticPodsAndPodsWithoutAGpuAreLeftAlone() {
        cluster.put(pod("daemon", vllm).replace("metadata:", "metadata:\n  ownerReferences: [{apiVersion: apps/v1, "
                + "kind: DaemonSet, name: d, uid: u, controller: true}]"));
        cluster.put(pod("static", vllm).replace("annotations: {",
                "annotations: {kubernetes.io/config.mirror: abc, "));
        cluster.put(pod("plain", vllm).replace("nvidia.com/gpu: 1", "cpu: 1"));
        cluster.put(pod("left", vllm).replace("annotations: {", "annotations: {lastcall.dev/policy: leave, "));
        cluster.put(pod("labelled", vllm).replace("nvidia.com/gpu: 1", "cpu: 1")
                .replace("labels: {", "labels: {lastcall.dev/drain: \"true\", "));
        Agent agent = start();
        following(agent, 2);
        drain("60s");
        soon().until(() -> agent.status().drains().size() == 1 && isLeaving("labelled"));
        assertThat(cluster.asked(EVICT)).hasSize(1);
    }

    @Test
    void anAgentThatIsStartedInMidDrainGoesOnAndLeavesTheMarks() {
        vllm.running(1);
        cluster.put(pod("vllm", vllm));
        Agent first = start();
        following(first, 1);
        drain("100s");
        soon().until(this::isTainted);
        first.close();

        Agent second = start();
        soon().until(() -> second.status().servers().size() == 1);
        assertThat(second.reclamation()).isPresent();
        assertThat(isTainted()).isTrue();
        vllm.running(0);
        soon().until(() -> isLeaving("vllm"));
        assertThat(cluster.events()).hasSize(1);
    }

    @Test
    void podsComeAndGoAndLeaveNothingBehind() {
        Agent agent = start();
        cluster.put(pod("first", vllm));
        following(agent, 1);
        assertThat(Ask.get(agent.apiPort(), "/metrics").body()).contains("server=\"inference/first\"");
        cluster.removePod("inference", "first");
        soon().until(() -> agent.status().servers().isEmpty());
        assertThat(Ask.get(agent.apiPort(), "/metrics").body()).doesNotContain("inference/first");
    }

    @Test
    void theNodeSaysWhatIsMissingForItsProtectionAndNoMoreWhenTheAgentEnds() {
        Agent agent = opened(Agents.start(text(), NodeClock.system()));
        soon().until(() -> nodeCondition("lastcall.dev/Protected").path("status").asString("").equals("False"));
        JsonNode condition = nodeCondition("lastcall.dev/Protected");
        assertThat(condition.path("reason").asString("")).isEqualTo("NoSource");
        assertThat(condition.path("message").asString("")).startsWith("no-source node: ");

        agent.close();

        assertThat(nodeCondition("lastcall.dev/Protected").isMissingNode()).isTrue();
    }

    @Test
    void anAgentAtRestAsksTheClusterNothing() {
        cluster.put(pod("vllm", vllm));
        Agent agent = start();
        following(agent, 1);
        started();
        soon().until(() -> cluster.openWatches() == 1 && cluster.asked("get nodes").size() == 3);
        int asked = cluster.asked().size();
        Awaitility.await()
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(
                        () -> cluster.asked().size() == asked);
        assertThat(asked).isLessThanOrEqualTo(8);
        // Renewing the watch is all that is left: once or twice in a quiet hour.
        String watch = cluster.asked("watch pods").getFirst().query();
        assertThat(Integer.parseInt(watch.replaceAll(".*timeoutSeconds=([0-9]+).*", "$1"))).isBetween(2400, 3600);
    }

    @Test
    void withKubernetesOffItsClientIsNotLoaded() throws Exception {
        opened(AgentProcess.run(AgentText.in(directory).write(), "-Xlog:class+load:file="
                + directory.resolve("classes.txt"))).ready();
        assertThat(directory.resolve("classes.txt")).content()
                .contains("dev.lastcall.agent.Agent ")
                .doesNotContain("kubernetes.KubernetesApi", "kubernetes.node", "kubernetes.pod.PodServers ");
    }
}
