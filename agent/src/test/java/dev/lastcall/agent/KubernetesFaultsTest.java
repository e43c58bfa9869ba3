// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The cluster fails while the node goes: doors close all the same and at once, and the rest follows when it can. */
class KubernetesFaultsTest extends AgentBesideCluster {

    /** What goes wrong before the notice. */
    enum Fault {
        SLOW, AWAY, CONFLICTS, ROLES_UNREAD, PATH_UNKNOWN, TOO_BUSY, FAILING, WATCH_BROKEN, WATCH_TOO_OLD, TOKEN_ROTATED
    }

    private void begin(Fault fault) throws IOException {
        switch (fault) {
            case SLOW -> cluster.slow(Duration.ofSeconds(5));
            case AWAY -> cluster.goAway();
            case CONFLICTS -> failing(cluster, 2, 409, "");
            case ROLES_UNREAD -> failing(cluster, 3, 403, "");
            case PATH_UNKNOWN -> failing(cluster, 2, 404, "");
            case TOO_BUSY -> failing(cluster, 2, 429, "1");
            case FAILING -> failing(cluster, 3, 500, "");
            case WATCH_BROKEN -> cluster.breakWatches();
            case WATCH_TOO_OLD -> cluster.expireWatches();
            case TOKEN_ROTATED -> cluster.rotateToken("another-token-of-the-service-account");
        }
    }

    private static void failing(FakeCluster cluster, int times, int status, String retryAfter) {
        for (String permission : List.of("patch nodes", "patch nodes/status", "create events", "patch pods/status",
                EVICT)) {
            cluster.fail(permission, times, status, retryAfter);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDoorClosesAtOnceAndMarksAndPodsFollow(Fault fault) throws Exception {
        FakeModel model = opened(new FakeModel());
        Process process = new ProcessBuilder("sleep", "600").start();
        opened.add(process::destroyForcibly);
        cluster.put(pod("idle", vllm));
        cluster.put(pod("holding", vllm).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK));
        Agent agent = opened(Agents.start(text().server(model, process), NodeClock.system()));
        following(agent, 3);
        soon().until(() -> cluster.openWatches() == 1);
        started();

        begin(fault);
        drain("100s");
        assertThat(Ask.isTurnedAway(agent.gatePort("model"))).isTrue();
        process.onExit().join();
        if (fault == Fault.AWAY) {
            cluster.comeBack();
        }

        soon().until(() -> isTainted() && isLeaving("idle") && isLeaving("holding"));
        soon().until(() -> cluster.node("gpu-1").path("status").toString().contains("lastcall.dev/Interrupted"));
        assertThat(cluster.pod("inference", "holding").path("metadata").path("deletionGracePeriodSeconds").asInt(0))
                .isBetween(30, 95);
    }

    @Test
    void aServerThatAsksForTwoSecondsIsGivenThem() {
        start();
        started();
        soon().until(() -> cluster.openWatches() == 1);
        int rehearsed = cluster.asked("patch nodes/status").size();
        cluster.fail("patch nodes/status", 1, 429, "2");

        drain("60s");

        soon().until(() -> cluster.asked("patch nodes/status").size() == rehearsed + 2);
        List<FakeCluster.Asked> asked = cluster.asked("patch nodes/status");
        assertThat(asked.get(rehearsed + 1).nanos() - asked.get(rehearsed).nanos())
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2).toNanos());
        soon().until(() -> cluster.node("gpu-1").path("status").toString().contains("lastcall.dev/Interrupted"));
    }

    @Test
    void aNodeWhoseObjectIsGoneIsDrainedWithoutMarks() {
        cluster.put(pod("vllm", vllm));
        Agent agent = start();
        following(agent, 1);
        started();
        int patched = cluster.asked("patch nodes/status").size();
        cluster.removeNode("gpu-1");

        drain("60s");

        soon().until(() -> isLeaving("vllm"));
        soon().until(() -> conditions(agent).contains("unmarked node condition"));
        soon().during(Duration.ofSeconds(2)).until(() -> cluster.asked("patch nodes/status").size() == patched + 1);
    }

    @Test
    void aNodeThatIsDeletedAndRegisteredAgainInMidNoticeGetsItsMarksAgain() {
        Agent agent = start();
        started();
        drain("100s");
        soon().until(() -> isTainted() && isInterrupted());

        cluster.removeNode("gpu-1");
        cluster.put(SampleObjects.nodeYaml("gpu-1"));
        assertThat(isTainted()).isFalse();

        soon().until(() -> isTainted() && isInterrupted());
        assertThat(cluster.node("gpu-1").path("spec").path("unschedulable").asBoolean(false)).isTrue();
        soon().until(() -> conditions(agent).stream().noneMatch(one -> one.startsWith("unmarked")));
    }

    @Test
    void aNodeThatAnOperatorUncordonsInMidNoticeStaysSo() {
        start();
        started();
        drain("100s");
        soon().until(() -> isTainted() && isInterrupted());
        cluster.uncordon("gpu-1");
        int looks = cluster.asked("get nodes").size();

        soon().until(() -> cluster.asked("get nodes").size() >= looks + 2);
        assertThat(cluster.node("gpu-1").path("spec").path("unschedulable").asBoolean(false)).isFalse();
    }

    private boolean isInterrupted() {
        return cluster.node("gpu-1").path("status").toString().contains("lastcall.dev/Interrupted");
    }

    @Test
    void aPodIsEvictedBeforeItsReadinessIsTakenSoThatItsBudgetDoesNotCountThatAgainstIt() {
        cluster.put(pod("vllm", vllm).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK)
                .replace("spec:", "spec:\n  readinessGates: [{conditionType: lastcall.dev/open}]"));
        following(start(), 1);
        soon().until(() -> openCondition("vllm").equals("True"));

        drain("100s");

        soon().until(() -> isLeaving("vllm") && openCondition("vllm").equals("False"));
        List<FakeCluster.Asked> readiness = cluster.asked("patch pods/status");
        assertThat(cluster.asked(EVICT).getFirst().nanos()).isLessThan(readiness.getLast().nanos());
    }

    @Test
    void aPodThatWentUnseenIsNotFoughtFor() {
        cluster.put(pod("vllm", vllm).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK));
        following(start(), 1);
        unseen(() -> cluster.removePod("inference", "vllm"));

        drain("60s");

        soon().until(() -> !cluster.asked(EVICT).isEmpty());
        Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        // At the notice, and once more where it is idle before the first answer is there.
        assertThat(cluster.asked(EVICT)).hasSizeLessThanOrEqualTo(2);
        assertThat(cluster.asked(DELETE)).isEmpty();
    }

    @Test
    void aPodOfTheSameNameThatCameUnseenIsSpared() {
        cluster.put(pod("vllm", vllm).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK));
        following(start(), 1);
        unseen(() -> {
            cluster.removePod("inference", "vllm");
            cluster.put(pod("vllm", vllm).replace("nodeName: gpu-1", "nodeName: gpu-2"));
        });

        drain("60s");

        soon().until(() -> !cluster.asked(EVICT).isEmpty());
        Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        assertThat(isLeaving("vllm")).isFalse();
        assertThat(cluster.asked(EVICT)).hasSizeLessThanOrEqualTo(2);
    }

    /** Something happens while the watch is away, and the notice comes before it is back. */
    private void unseen(Runnable happens) {
        soon().until(() -> cluster.openWatches() == 1);
        cluster.fail("watch pods", 1000, 503, "15");
        cluster.fail("list pods", 1000, 503, "15");
        cluster.breakWatches();
        soon().until(() -> cluster.openWatches() == 0);
        happens.run();
    }

    @Test
    void anAgentThatIsStartedInMidDrainKeepsTheDeadlineOfItsPods() throws IOException {
        FakeVllm other = opened(new FakeVllm());
        vllm.running(1);
        other.running(1);
        cluster.put(pod("plain", vllm));
        cluster.put(pod("holding", other).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK));
        Agent first = start();
        following(first, 2);
        drain("100s");
        soon().until(() -> isLeaving("holding") && isTainted());
        long deadline = deadline(first);
        first.close();

        Agent second = start();
        following(second, 2);

        assertThat(deadline(second)).isCloseTo(deadline, org.assertj.core.data.Offset.offset(1500L));
        assertThat(second.status().servers()).noneMatch(server -> server.phase().equals("open"));
        vllm.running(0);
        soon().until(() -> isLeaving("plain"));
        assertThat(cluster.asked(EVICT)).hasSize(2);
        assertThat(cluster.asked(DELETE)).isEmpty();
    }

    @Test
    void anAgentThatIsStartedAfterTheDeadlineAsksNoPodToGoUntilTheNoticeIsConfirmed() {
        AgentText text = text();
        Agent first = start();
        drain("100s");
        soon().until(() -> text.stateFile().toFile().exists() && isTainted());
        first.close();
        text.pretendThatTheDeadlinePassed();
        cluster.put(pod("holding", vllm).replace("resources: {limits: {nvidia.com/gpu: 1}}", HOLDING_HOOK));

        Agent second = start();
        following(second, 1);
        soon().until(() -> second.status()
                .conditions()
                .stream()
                .anyMatch(condition -> condition.code().equals("drain-unconfirmed")));
        assertThat(isLeaving("holding")).isFalse();
        assertThat(cluster.asked(EVICT)).isEmpty();

        drain("30s");
        soon().until(() -> isLeaving("holding"));
    }

    private static long deadline(Agent agent) {
        return agent.reclamation().orElseThrow().deadline().nanoTime() / 1_000_000;
    }
}
