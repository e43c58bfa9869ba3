// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.lastcall.agent.kubernetes.ClusterEvents;
import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.KubernetesApi;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.agent.kubernetes.ServiceAccount;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class NodeMarksTest {

    private static final NodeClock CLOCK = NodeClock.system();
    private static final String NODE = "gpu-1";

    private final Vertx vertx = Vertx.vertx();
    private FakeCluster cluster;
    private KubernetesApi api;
    private NodeMarks marks;

    @BeforeEach
    void startCluster() throws IOException {
        cluster = FakeCluster.start();
        cluster.put(SampleObjects.nodeYaml(NODE));
        api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), CLOCK));
        marks = marks(NodeMarkSettings.of(NODE));
    }

    private NodeMarks marks(NodeMarkSettings settings) {
        return new NodeMarks(api, settings, new ClusterEvents(api, NODE, CLOCK), CLOCK);
    }

    @AfterEach
    void closeAll() {
        marks.close();
        api.close();
        cluster.close();
        vertx.close().await();
    }

    @Test
    void theConditionGoesAheadOfAllElseAndOnlyOnce() {
        var noticed = new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110)));
        marks.ahead(noticed);
        soon().until(() -> condition(NodeMarkSettings.OWN_CONDITION) != null);
        assertThat(isTainted()).isFalse();

        marks.on(noticed);
        soon().until(() -> isTainted() && isCordoned());
        assertThat(cluster.asked()).filteredOn(one -> one.permission().equals("patch nodes/status")).hasSize(1);
    }

    @Test
    void aFinalNoticeMarksTheNodeWithItsDeadline() {
        Reclamation reclamation = reclamation(Duration.ofSeconds(110));
        marks.on(new NoticeEvent.Noticed(reclamation));

        soon().until(() -> isTainted() && isCordoned() && condition(NodeMarkSettings.OWN_CONDITION) != null);
        JsonNode condition = Objects.requireNonNull(condition(NodeMarkSettings.OWN_CONDITION));
        assertThat(condition.path("status").asString("")).isEqualTo("True");
        assertThat(condition.path("reason").asString("")).isEqualTo("LastcallSpotInterruption");
        assertThat(condition.path("message").asString(""))
                .matches("This node is being taken back \\(aws-spot/spot-interruption\\)\\. Deadline: "
                        + "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT");
        Instant deadline = Instant.parse(
                cluster.node(NODE).path("metadata").path("annotations").path(NodePatch.DEADLINE).asString(""));
        assertThat(deadline).isBetween(Instant.now().plusSeconds(80), Instant.now().plusSeconds(111));
        assertThat(condition("Ready")).isNotNull();
        soon().until(() -> cluster.events().size() == 1);
        assertThat(cluster.events().getFirst().path("involvedObject").path("name").asString("")).isEqualTo(NODE);
    }

    @Test
    void theDayOfADeadlineHasTwoDigitsAsGoReadsIt() {
        Mark mark = new Mark("gcp", NoticeKind.PREEMPTION, Instant.parse("2026-12-01T07:08:09Z"));
        assertThat(mark.message()).endsWith("Deadline: Tue, 01 Dec 2026 07:08:09 GMT");
        assertThat(mark.reason()).isEqualTo("LastcallPreemption");
    }

    @Test
    void aWithdrawalTakesAwayWhatIsOursAndNothingElse() {
        cluster.put("""
                kind: Node
                apiVersion: v1
                metadata: {name: gpu-1, annotations: {owner: another-team}}
                spec: {taints: [{key: nvidia.com/gpu, value: present, effect: NoSchedule}]}
                status: {conditions: [{type: GCESpotPreempting, status: "True", reason: NodeProblemDetector}]}
                """);
        marks.close();
        marks = marks(new NodeMarkSettings(NODE, true, true, List.of(NodeMarkSettings.OWN_CONDITION), true));
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(() -> isTainted() && condition(NodeMarkSettings.OWN_CONDITION) != null);

        marks.on(new NoticeEvent.Withdrawn(reclamation(Duration.ofSeconds(110))));

        soon().until(() -> !isTainted() && !isCordoned() && condition(NodeMarkSettings.OWN_CONDITION) == null);
        assertThat(cluster.node(NODE).path("spec").path("taints").path(0).path("key").asString(""))
                .isEqualTo("nvidia.com/gpu");
        assertThat(cluster.node(NODE).path("metadata").path("annotations").toString())
                .isEqualTo("{\"owner\":\"another-team\"}");
        assertThat(condition("GCESpotPreempting")).isNotNull();
    }

    @Test
    void aCordonOfAnotherClientStays() {
        cluster.put(SampleObjects.nodeYaml(NODE).replace("spec: {}", "spec: {unschedulable: true}"));
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(this::isTainted);
        marks.on(new NoticeEvent.Withdrawn(reclamation(Duration.ofSeconds(110))));
        soon().until(() -> !isTainted());
        assertThat(isCordoned()).isTrue();
    }

    @Test
    void marksOfAFormerLifeGoAtTheStartAndThoseOfOthersStay() {
        cluster.put("""
                kind: Node
                apiVersion: v1
                metadata: {name: gpu-1, annotations: {lastcall.dev/cordoned: "true", lastcall.dev/deadline: x}}
                spec:
                  unschedulable: true
                  taints: [{key: lastcall.dev/interrupted, value: "true", effect: NoSchedule},
                           {key: karpenter.sh/disrupted, effect: NoSchedule}]
                status:
                  conditions: [{type: lastcall.dev/Interrupted, status: "True", reason: LastcallPreemption},
                               {type: GCESpotPreempting, status: "True", reason: LastcallPreemption},
                               {type: PreemptionScheduled, status: "True", reason: NodeProblemDetector}]
                """);
        marks.clean();
        soon().until(() -> !isTainted() && !isCordoned() && condition(NodeMarkSettings.OWN_CONDITION) == null);
        assertThat(cluster.node(NODE).path("spec").path("taints").size()).isOne();
        assertThat(condition("GCESpotPreempting")).as("of a type that is not configured any more").isNull();
        assertThat(condition("PreemptionScheduled")).isNotNull();
    }

    @Test
    void anUnmarkedNodeIsLookedAtAtTheStartAndLeftAsItIs() {
        marks.clean();
        soon().until(() -> cluster.asked("get nodes").size() == 2);
        assertThat(cluster.asked()).allMatch(one -> one.permission().equals("get nodes"));
    }

    @Test
    void namesThatKarpentersProvidersReadCanBeHadToo() {
        marks.close();
        marks = marks(new NodeMarkSettings(NODE, false, false, List.of("GCESpotPreempting", "PreemptionScheduled"),
                false));
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));
        soon().until(() -> condition("GCESpotPreempting") != null && condition("PreemptionScheduled") != null);
        soon().until(() -> cluster.node(NODE).path("metadata").path("annotations").has(NodePatch.DEADLINE));
        assertThat(isTainted() || isCordoned()).isFalse();
        assertThat(cluster.events()).isEmpty();
    }

    @Test
    void aConflictMeansAnotherLookAndAnotherTry() {
        cluster.fail("patch nodes", 2, 409, "");
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(this::isTainted);
        assertThat(cluster.asked("get nodes").size()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void noMarkWaitsForAnotherThatHangs() {
        cluster.fail("patch nodes", 1000, 503, "1");
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(() -> condition(NodeMarkSettings.OWN_CONDITION) != null && cluster.events().size() == 1);
        soon().until(() -> marks.problems().keySet().equals(Set.of("node taint and cordon")));
    }

    @Test
    void withoutPermissionOrWithoutTheNodeNothingIsTriedForEver() {
        cluster.denyAll();
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(() -> marks.problems().size() == 2);
        assertThat(cluster.asked("patch nodes/status")).hasSize(1);
        cluster.allow("*");
        cluster.removeNode(NODE);
        marks.on(new NoticeEvent.DeadlineMoved(reclamation(Duration.ofSeconds(60))));
        soon().until(() -> marks.problems().values().stream().allMatch(problem -> problem.contains("404")));
    }

    @Test
    void aWithdrawalWhileTheNoticeIsStillBeingWrittenWins() {
        cluster.slow(Duration.ofMillis(300));
        marks.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        marks.on(new NoticeEvent.Withdrawn(reclamation(Duration.ofSeconds(110))));
        cluster.slow(Duration.ZERO);
        soon().until(() -> cluster.events().size() == 2);
        soon().during(Duration.ofMillis(700))
                .until(() -> !isTainted() && !isCordoned() && condition(NodeMarkSettings.OWN_CONDITION) == null);
    }

    @Test
    void theColdTaintGoesWhenTheModelsAreWarm() {
        cluster.put(SampleObjects.nodeYaml(NODE).replace("spec: {}", """
                spec: {taints: [{key: lastcall.dev/cold, effect: NoSchedule}, {key: other, effect: NoExecute}]}
                """));
        marks.warm();
        soon().until(() -> cluster.node(NODE).path("spec").path("taints").size() == 1);
        assertThat(cluster.node(NODE).path("spec").path("taints").path(0).path("key").asString("")).isEqualTo("other");
    }

    private @Nullable JsonNode condition(String type) {
        for (JsonNode condition : cluster.node(NODE).path("status").path("conditions")) {
            if (condition.path("type").asString("").equals(type)) {
                return condition;
            }
        }
        return null;
    }

    private boolean isTainted() {
        for (JsonNode taint : cluster.node(NODE).path("spec").path("taints")) {
            if (taint.path("key").asString("").equals(NodePatch.INTERRUPTED)) {
                return true;
            }
        }
        return false;
    }

    private boolean isCordoned() {
        return cluster.node(NODE).path("spec").path("unschedulable").asBoolean(false);
    }

    private static Reclamation reclamation(Duration window) {
        Notice notice = new Notice(NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION), Finality.FINAL,
                Deadline.in(window, CLOCK), "terminate");
        return new Reclamation(notice, Deadline.in(window, CLOCK), CLOCK.wallTime(), CLOCK.nanoTime());
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }
}
