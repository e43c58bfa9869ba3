// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.KubernetesApi;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.agent.kubernetes.ServiceAccount;
import dev.lastcall.agent.kubernetes.signal.Signal.Condition;
import dev.lastcall.agent.kubernetes.signal.Signal.Label;
import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.SourceStatus;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The source beside an API server, with a notice board behind it. */
@Timeout(120)
class NodeSignalsTest {

    private static final NodeClock CLOCK = NodeClock.system();
    private static final String GOING = "metadata: {labels: {example.com/going: \"true\"}}";
    private static final String STAYING = "metadata: {labels: {example.com/going: null}}";

    private final Vertx vertx = Vertx.vertx();
    private final List<NoticeEvent> events = new CopyOnWriteArrayList<>();
    private final List<Observation> observations = new CopyOnWriteArrayList<>();
    private final NoticeBoard board = new NoticeBoard(CLOCK, List.of(events::add));
    private FakeCluster cluster;
    private KubernetesApi api;
    private NodeSignals signals;

    @BeforeEach
    void startCluster() throws IOException {
        cluster = FakeCluster.start();
        cluster.put(SampleObjects.nodeYaml("gpu-1"));
        cluster.put(
                SampleObjects.nodeYaml("gpu-2").replace("name: gpu-2", "name: gpu-2, labels: {example.com/going: x}"));
        api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), CLOCK));
        signals = source(Duration.ofMinutes(2));
    }

    private NodeSignals source(Duration window) {
        return new NodeSignals(api, "gpu-1", new SignalSettings(List.of(
                SignalRule.now(new Label("example.com/going", Optional.empty()), NoticeKind.EXTERNAL, window),
                SignalRule.now(Condition.of("Going"), NoticeKind.PREEMPTION, window)), false), CLOCK,
                Duration.ofMillis(500));
    }

    @AfterEach
    void closeAll() {
        signals.close();
        api.close();
        cluster.close();
        vertx.close().await();
    }

    private void watching() {
        board.expect(signals);
        signals.start((source, seen) -> {
            observations.add(seen);
            board.observe(source, seen);
        });
        soon().until(() -> cluster.openWatches() == 1 && status().lastSuccessNanos() != null);
    }

    private SourceStatus status() {
        return board.snapshot().sources().getFirst();
    }

    private long problems(MetadataProblem.Kind kind) {
        return status().problems().getOrDefault(kind, 0L);
    }

    private long count(Class<? extends NoticeEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    private boolean isReclaimed() {
        return board.reclamation().isPresent();
    }

    private void noticed() {
        cluster.patchNode("gpu-1", GOING);
        soon().until(this::isReclaimed);
    }

    private long goodLooks() {
        SourceStatus now = status();
        return now.looks() - now.problems().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Waits until the source has looked so often that three definite absences in a row would have withdrawn a notice. */
    private void afterLooks() {
        int before = observations.size();
        soon().until(() -> observations.size() > before + NodeSignals.LOOKS);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }

    @Test
    void aLabelOnThisNodeIsANoticeAndOneOnAnotherNodeIsNot() {
        watching();
        assertThat(isReclaimed()).isFalse();

        noticed();
        BoardSnapshot now = board.snapshot();
        assertThat(now.notices()).singleElement()
                .satisfies(one -> assertThat(one.notice().key().toString())
                        .isEqualTo("node-signals/external#label example.com/going"));
        assertThat(cluster.asked("list nodes"))
                .allMatch(one -> one.query().contains("fieldSelector=metadata.name%3Dgpu-1"));
    }

    @Test
    void aSignalThatIsThereAtTheStartIsANotice() {
        cluster.patchNode("gpu-1", GOING);
        watching();
        soon().until(this::isReclaimed);
    }

    @Test
    void aSignalThatIsGoneIsWithdrawnAfterSeveralLooksAtTheObject() {
        watching();
        noticed();
        int looks = cluster.asked("get nodes").size();
        cluster.patchNode("gpu-1", STAYING);

        soon().until(() -> count(NoticeEvent.Withdrawn.class) == 1);
        assertThat(cluster.asked("get nodes").size() - looks).isGreaterThanOrEqualTo(2);
        assertThat(count(NoticeEvent.Noticed.class)).isEqualTo(1);
    }

    @Test
    void aSignalThatComesAgainBeforeItIsBelievedGoneIsOneNotice() {
        watching();
        noticed();
        cluster.patchNode("gpu-1", STAYING);
        soon().until(() -> observations.getLast() instanceof Observation.Absent);
        cluster.patchNode("gpu-1", GOING);
        afterLooks();
        assertThat(events).singleElement().isInstanceOf(NoticeEvent.Noticed.class);
    }

    @Test
    void aChangeOfSomethingElseOnTheNodeIsNoOtherNotice() {
        watching();
        noticed();
        cluster.patchNode("gpu-1", "metadata: {labels: {else: x}}\nspec: {taints: [{key: other, effect: NoSchedule}]}");
        cluster.condition("gpu-1", "Ready", "False", "KubeletNotReady", "going down");
        soon().until(() -> observations.size() >= 4);
        assertThat(events).singleElement().isInstanceOf(NoticeEvent.Noticed.class);
    }

    @Test
    void whileTheServerIsAwayAnActiveNoticeStaysAndTheSourceSaysThatItCannotSee() {
        watching();
        noticed();
        cluster.goAway();
        soon().until(() -> status().failing());
        assertThat(problems(MetadataProblem.Kind.UNREACHABLE)).isPositive();
        assertThat(isReclaimed()).isTrue();

        cluster.comeBack();
        soon().until(() -> !status().failing());
        assertThat(isReclaimed()).isTrue();
        cluster.patchNode("gpu-1", STAYING);
        soon().until(() -> !isReclaimed());
    }

    @Test
    void whatHappensWhileTheServerIsAwayIsSeenAfterwards() {
        watching();
        cluster.goAway();
        soon().until(() -> status().failing());
        cluster.patchNode("gpu-1", GOING);
        cluster.comeBack();
        soon().until(this::isReclaimed);
    }

    @Test
    void aWatchThatBreaksIsTakenUpAndOneThatIsTooOldBeginsWithAList() {
        watching();
        cluster.breakWatches();
        soon().until(() -> cluster.asked("watch nodes").size() >= 2);
        cluster.expireWatches();
        cluster.patchNode("gpu-1", GOING);
        soon().until(this::isReclaimed);
        // A look of the start can see it before the watch learns that it is too old.
        soon().until(() -> cluster.asked("list nodes").size() >= 2);
    }

    @Test
    void withoutThePermissionItIsDeniedAndNeverAbsent() {
        cluster.deny("list nodes");
        board.expect(signals);
        signals.start(board);
        soon().until(() -> problems(MetadataProblem.Kind.DENIED) > 0);
        assertThat(status().lastSuccessNanos()).isNull();
        assertThat(String.valueOf(status().lastProblem())).contains("403").contains("list nodes");

        cluster.allow("list nodes");
        soon().until(() -> status().lastSuccessNanos() != null);
    }

    @Test
    void aLookThatIsRefusedIsNotAnAbsence() {
        watching();
        noticed();
        cluster.deny("get nodes");
        cluster.patchNode("gpu-1", STAYING);
        soon().until(() -> problems(MetadataProblem.Kind.DENIED) >= 3);
        assertThat(isReclaimed()).isTrue();
        cluster.allow("get nodes");
        soon().until(() -> !isReclaimed());
    }

    @Test
    void aNodeThatIsDeletedAndRegisteredAgainKeepsItsNoticeUntilTheDeadline() {
        signals = source(Duration.ofSeconds(20));
        watching();
        noticed();
        cluster.removeNode("gpu-1");
        soon().until(() -> status().failing());
        assertThat(String.valueOf(status().lastProblem())).contains("there is no object of this node");
        assertThat(isReclaimed()).isTrue();

        cluster.put(SampleObjects.nodeYaml("gpu-1"));
        soon().until(() -> !status().failing());
        afterLooks();
        assertThat(isReclaimed()).isTrue();
        soon().until(() -> !isReclaimed());
        assertThat(count(NoticeEvent.Noticed.class)).isEqualTo(1);
    }

    @Test
    void aNodeThatIsNotRegisteredYetIsUnknown() {
        cluster.removeNode("gpu-1");
        board.expect(signals);
        signals.start(board);
        soon().until(() -> status().failing());
        assertThat(status().lastSuccessNanos()).isNull();
        cluster.put(SampleObjects.nodeYaml("gpu-1"));
        soon().until(() -> !status().failing() && status().lastSuccessNanos() != null);
    }

    @Test
    void aConditionThatTheAgentOverwritesStaysWhatItWasUntilOthersSayOtherwise() {
        watching();
        cluster.condition("gpu-1", "Going", "True", "Detected", "at noon");
        soon().until(this::isReclaimed);
        cluster.condition("gpu-1", "Going", "True", "LastcallPreemption", "This node is being taken back");
        afterLooksOfAWatch();
        assertThat(isReclaimed()).isTrue();
        cluster.condition("gpu-1", "Going", "Unknown", "NoAnswer", "");
        afterLooksOfAWatch();
        assertThat(isReclaimed()).isTrue();
        cluster.condition("gpu-1", "Going", "False", "NotDetected", "");
        soon().until(() -> !isReclaimed());
    }

    @Test
    void aConditionThatIsHiddenStaysBesideASignalThatIsSeen() {
        watching();
        cluster.condition("gpu-1", "Going", "True", "Detected", "at noon");
        noticed();
        soon().until(() -> board.snapshot().notices().size() == 2);
        cluster.condition("gpu-1", "Going", "Unknown", "NoAnswer", "");
        afterLooksOfAWatch();
        assertThat(board.snapshot().notices()).hasSize(2);
    }

    /** So many changes that three absences over three seconds would have come of them. */
    private void afterLooksOfAWatch() {
        for (int i = 0; i < 5; i++) {
            int before = observations.size();
            cluster.patchNode("gpu-1", "metadata: {labels: {turn: \"" + before + "\"}}");
            soon().until(() -> observations.size() > before + 2);
        }
    }

    @Test
    void theAgentsOwnMarkAloneIsNoSignalAndLeavesOpenWhatOthersSay() {
        cluster.condition("gpu-1", "Going", "True", "LastcallPreemption", "left by a former life");
        board.expect(signals);
        signals.start(board);
        soon().until(() -> status().looks() >= 3);
        assertThat(isReclaimed()).isFalse();
        assertThat(goodLooks()).isZero();
        cluster.condition("gpu-1", "Going", "False", "NotDetected", "");
        soon().until(() -> goodLooks() > 0);
    }

    @Test
    void aLookIsTakenWhenTheClockHasJumped() {
        watching();
        soon().until(() -> cluster.asked("get nodes").size() >= NodeSignals.LOOKS);
        int before = cluster.asked("get nodes").size();
        signals.lookNow();
        soon().until(() -> cluster.asked("get nodes").size() > before);
    }

    @Test
    void onlyAPresetThatNoMetadataServiceIsBesideCarriesTheFinalNotice() {
        assertThat(signals.role()).isEqualTo(NoticeSource.Role.SUPPORTING);
        assertThat(new NodeSignals(api, "gpu-1", new SignalSettings(List.of(), true), CLOCK).role())
                .isEqualTo(NoticeSource.Role.DECISIVE);
        assertThat(signals.isRunning()).isFalse();
        watching();
        assertThat(signals.isRunning()).isTrue();
        signals.close();
        assertThat(signals.isRunning()).isFalse();
    }
}
