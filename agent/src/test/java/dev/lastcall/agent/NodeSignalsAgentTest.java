// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole agent, and what others write on its node's object. */
class NodeSignalsAgentTest extends AgentBesideCluster {

    private static final String GOING = "metadata: {labels: {qos.coreweave.cloud/pending-preemption: \"true\"}}";
    private static final String STAYING = "metadata: {labels: {qos.coreweave.cloud/pending-preemption: null}}";
    private static final Duration NOTICED = Duration.ofSeconds(10);

    private Agent start(String notices) {
        return opened(Agents.start(AgentText.in(directory).notices("""
                %s
                kubernetes:
                  node: gpu-1
                  apiServer: "%s"
                  serviceAccount: %s
                  nodeSignals: {presets: [coreweave, karpenter]}
                """.formatted(notices, cluster.url(), cluster.account())), NodeClock.system()));
    }

    private static StatusView.Source source(Agent agent) {
        return agent.status()
                .sources()
                .stream()
                .filter(one -> one.name().equals("node-signals"))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> notices(Agent agent) {
        return agent.status().notices().stream().map(one -> one.source() + "/" + one.kind()).sorted().toList();
    }

    private long eventsOf(String reason) {
        return cluster.events().stream().filter(one -> one.path("reason").asString("").equals(reason)).count();
    }

    private Agent watching(String notices) {
        Agent agent = start(notices);
        soon().until(() -> source(agent).state().equals("absent"));
        return agent;
    }

    @Test
    void aLabelOnTheNodeDrainsItsPodsAndTheMarksThatFollowAreNoSignal() {
        cluster.put(pod("vllm", vllm));
        vllm.running(1);
        Agent agent = watching("cloud: none");
        following(agent, 1);

        cluster.patchNode("gpu-1", GOING);
        soon().until(() -> isTainted() && eventsOf("LastcallPreemption") == 1);
        assertThat(agent.status().servers().getFirst().phase()).isNotEqualTo("open");
        assertThat(notices(agent)).containsExactly("node-signals/preemption");

        cluster.patchNode("gpu-1", STAYING);
        soon().until(() -> !isTainted() && eventsOf("LastcallWithdrawn") == 1);
        assertThat(agent.status().reclamation()).isNull();
        assertThat(eventsOf("LastcallPreemption")).isEqualTo(1);
    }

    @Test
    void theMetadataServiceAndTheNodeSpeakOfOneDrain() {
        Simulator cloud = opened(Simulator.aws(Timeline.builder()
                .at(NOTICED)
                .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 110s"))
                .build()).manual().start());
        cluster.put(pod("vllm", vllm));
        vllm.running(1);
        Agent agent = watching("cloud: aws\naws: {endpoints: [\"" + cloud.endpoint() + "\"]}");
        following(agent, 1);

        cluster.patchNode("gpu-1", GOING);
        soon().until(this::isTainted);
        cloud.at(NOTICED);
        soon().until(() -> notices(agent).equals(List.of("aws-spot/spot-interruption", "node-signals/preemption")));
        // One of the two is gone: the node still goes.
        cluster.patchNode("gpu-1", STAYING);
        soon().until(() -> notices(agent).equals(List.of("aws-spot/spot-interruption")));

        assertThat(agent.status().reclamation()).isNotNull();
        assertThat(eventsOf("LastcallWithdrawn")).isZero();
        assertThat(eventsOf("LastcallPreemption") + eventsOf("LastcallSpotInterruption")).isEqualTo(1);
        vllm.running(0);
        soon().until(() -> isLeaving("vllm"));
        cluster.removePod("inference", "vllm");
        soon().until(() -> agent.status().drains().size() == 1);
    }

    @Test
    void aDisruptionIsShownAndDrainsNothing() {
        Agent agent = watching("cloud: none");
        cluster.patchNode("gpu-1", "spec: {taints: [{key: karpenter.sh/disrupted, effect: NoSchedule}]}");
        soon().until(() -> notices(agent).equals(List.of("node-signals/scale-in")));
        assertThat(agent.status().reclamation()).isNull();
        assertThat(agent.status().notices().getFirst().finality()).isEqualTo("advisory");
    }

    @Test
    void withoutThePermissionTheNodeIsNotProtectedAndStatusSaysWhy() {
        cluster.deny("list nodes");
        Agent agent = start("cloud: none");
        soon().until(() -> conditions(agent).contains("forbidden list nodes")
                && conditions(agent).contains("no-good-poll node"));
        soon().until(() -> source(agent).problem().contains("403"));
        cluster.allow("list nodes");
        soon().until(() -> agent.status().conditions().stream().noneMatch(StatusView.Condition::isCritical));
    }
}
