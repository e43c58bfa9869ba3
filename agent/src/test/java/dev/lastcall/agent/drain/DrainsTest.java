// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

final class DrainsTest extends DrainsFixture {

    @Test
    void closesEveryDoorBeforeTheListenerReturns() {
        var jammed = new FakeServer("jammed", clock);
        jammed.doorFailures.set(1);
        var healthy = new FakeServer("healthy", clock);
        jammed.inFlight.set(1);
        healthy.inFlight.set(1);
        Drains drains = drains(false, jammed.server(), healthy.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(2))));

        assertThat(healthy.deeds).containsExactly("close");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(jammed.deeds).containsExactly("close"));
    }

    @Test
    void drainsAndRecords() throws Exception {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(3);
        Drains drains = drains(false, server.server());
        var heard = new CopyOnWriteArrayList<Phase>();
        drains.addListener(transition -> heard.add(transition.to()));

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(1))));
        await().atMost(PATIENCE).until(() -> phase(drains, 0) == Phase.DRAINING);
        assertThat(server.deeds).containsExactly("close");
        server.inFlight.set(0);

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).containsExactly("close", "terminate");
        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1 && heard.size() == 4);
        assertThat(heard).containsExactly(Phase.SETTLING, Phase.DRAINING, Phase.STOPPING, Phase.STOPPED);
        DrainRecord drained = drains.recent().getFirst();
        assertThat(drained.outcome()).isEqualTo("drained");
        assertThat(drained.inFlightAtNotice()).isEqualTo(3);
        assertThat(drained.completed()).isEqualTo(3);
        assertThat(drained.cut()).isZero();
        assertThat(drained.killed()).isFalse();
        assertThat(drained.timeLeftMillis()).isBetween(59_990L, 60_000L);
        assertThat(drained.unusedMillis()).isBetween(5_000L, 50_000L);
        assertThat(drained.problems()).isEmpty();
        assertThat(drained.announcedAt()).isNull();
        assertThat(drained.closedAt()).isBetween(drained.detectedAt(), drained.idleAt());
        assertThat(drained.cutAt()).isNull();
        drains.close();
        assertThat(DrainStore.records(directory.resolve("state"))).containsExactly(drained);
        assertThat(directory.resolve("state").resolve(RecordFile.NAME)).content()
                .hasLineCount(1)
                .contains("\"server\":\"llama\"", "\"source\":\"aws-spot\"");
    }

    @Test
    void anEndRightAfterTheDrainKeepsItsRecord() throws Exception {
        var server = new FakeServer("llama", clock);
        Drains drains = drains(false, server.server());
        var listening = new CountDownLatch(1);
        drains.addListener(transition -> {
            try {
                listening.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(1))));
        assertThat(drains.awaitDone(PATIENCE)).isTrue();

        Thread end = Thread.ofPlatform().start(drains::close);
        await().atMost(PATIENCE).until(() -> end.getState() == Thread.State.TIMED_WAITING);
        listening.countDown();
        end.join();

        assertThat(directory.resolve("state").resolve(RecordFile.NAME)).content().hasLineCount(1);
    }

    @Test
    void hungProbeAndHungCutDelayNeitherTheOtherServerNorTheDeadline() throws Exception {
        var hung = new FakeServer("hung", clock);
        hung.hangs.set(true);
        hung.inFlight.set(1);
        hung.obeysTerm.set(false);
        var healthy = new FakeServer("healthy", clock);
        Drains drains = drains(false, hung.server(), healthy.server());

        Reclamation reclamation = reclamation(Duration.ofSeconds(30));
        drains.on(new NoticeEvent.Noticed(reclamation));

        await().atMost(PATIENCE).until(() -> phase(drains, 1) == Phase.STOPPED);
        assertThat(reclamation.deadline().remaining(clock)).isGreaterThan(Duration.ofSeconds(10));
        assertThat(phase(drains, 0)).isNotEqualTo(Phase.STOPPED);
        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(hung.deeds).containsExactly("close", "cut", "terminate", "kill");
        await().atMost(PATIENCE).until(() -> drains.recent().size() == 2);
        assertThat(drains.recent().getLast().unusedMillis()).isBetween(0L, 3_000L);
        assertThat(drains.recent().getLast().killed()).isTrue();
    }

    @Test
    void reopensWhenWithdrawn() {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(1);
        Drains drains = drains(false, server.server());
        Reclamation reclamation = reclamation(Duration.ofMinutes(2));
        drains.on(new NoticeEvent.Noticed(reclamation));

        drains.on(new NoticeEvent.Withdrawn(reclamation));

        assertThat(server.deeds).containsExactly("close", "open");
        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        assertThat(drains.recent().getFirst().outcome()).isEqualTo("withdrawn");
        assertThat(drains.standing()).isEmpty();
        await().atMost(PATIENCE).until(() -> Files.notExists(directory.resolve("state").resolve(StateFile.NAME)));
    }

    @Test
    void goesOnAfterWithdrawalWhereReopeningIsNotWanted() throws Exception {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(1);
        Drains drains = drains(settings(false, false), server.server());
        Reclamation reclamation = reclamation(Duration.ofSeconds(30));
        drains.on(new NoticeEvent.Noticed(reclamation));

        drains.on(new NoticeEvent.Withdrawn(reclamation));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).containsExactly("close", "cut", "terminate");
    }

    @Test
    void bringsServerBackWhenWithdrawnAfterTheStopAndConfigured() throws Exception {
        var restarted = new FakeServer("restarted", clock);
        var left = new FakeServer("left", clock);
        Drains drains = drains(false, restarted.server(), left.serverWithoutRestart());
        Reclamation reclamation = reclamation(Duration.ofSeconds(30));
        drains.on(new NoticeEvent.Noticed(reclamation));
        assertThat(drains.awaitDone(PATIENCE)).isTrue();

        drains.on(new NoticeEvent.Withdrawn(reclamation));

        await().atMost(PATIENCE).until(() -> phase(drains, 0) == Phase.OPEN);
        assertThat(restarted.deeds).containsExactly("close", "terminate", "restart", "open");
        assertThat(phase(drains, 1)).isEqualTo(Phase.WITHDRAWN_AFTER_STOP);
        assertThat(left.deeds).containsExactly("close", "terminate");
    }

    @Test
    void opensTheDoorOfAStoppedServerThatAnswersAgainOnceNoNoticeIsActive() throws Exception {
        var server = new FakeServer("llama", clock);
        Drains drains = drains(false, server.serverWithoutRestart());
        Reclamation reclamation = reclamation(Duration.ofSeconds(30));
        drains.on(new NoticeEvent.Noticed(reclamation));
        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        drains.on(new NoticeEvent.Withdrawn(reclamation));
        assertThat(phase(drains, 0)).isEqualTo(Phase.WITHDRAWN_AFTER_STOP);

        server.serves.set(true);

        await().atMost(PATIENCE).until(() -> phase(drains, 0) == Phase.OPEN);
        assertThat(server.deeds).containsExactly("close", "terminate", "open");
    }

    @Test
    void aServerThatIsBackBeforeTheWithdrawalIsLeftClosedWhereReopeningIsNotWanted() throws Exception {
        var server = new FakeServer("llama", clock);
        Drains drains = drains(settings(false, false), server.serverWithoutRestart());
        Reclamation reclamation = reclamation(Duration.ofSeconds(30));
        drains.on(new NoticeEvent.Noticed(reclamation));
        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        drains.on(new NoticeEvent.Withdrawn(reclamation));
        server.serves.set(true);

        drains.reopenAnswering(Duration.ofSeconds(1));
        assertThat(phase(drains, 0)).isEqualTo(Phase.STOPPED);
        assertThat(drains.standing()).isPresent();
        assertThat(drains.reopen("llama")).isTrue();

        assertThat(drains.standing()).isEmpty();
        assertThat(server.deeds).containsExactly("close", "terminate", "open");
    }

    @Test
    void theDoorOpensAfterAnAbortThatTheWithdrawalCameInto() {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(1);
        Drains drains = drains(false, server.server());
        Reclamation reclamation = reclamation(Duration.ofMinutes(2));
        drains.on(new NoticeEvent.Noticed(reclamation));
        await().atMost(PATIENCE).until(() -> phase(drains, 0) == Phase.DRAINING);
        server.abortHangs.set(true);
        await().atMost(PATIENCE).until(() -> server.deeds.contains("cut"));

        drains.on(new NoticeEvent.Withdrawn(reclamation));
        assertThat(phase(drains, 0)).isEqualTo(Phase.OPEN);
        assertThat(server.deeds).containsExactly("close", "cut");
        server.abortHangs.set(false);

        await().atMost(PATIENCE).until(() -> server.deeds.contains("open"));
        assertThat(server.deeds).containsExactly("close", "cut", "open");
    }

    @Test
    void noDoorIsReopenedByHandWhileANoticeIsActive() {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(1);
        Drains drains = drains(false, server.server());
        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(2))));

        assertThat(drains.reopen("llama")).isFalse();
        assertThat(drains.reopen("other")).isFalse();

        assertThat(server.deeds).containsExactly("close");
    }

    @Test
    void aServerThatStillServesUnderAnotherProcessIsDrainedAndTheFailedStopIsOnRecord() throws Exception {
        var server = new FakeServer("llama", clock);
        server.gone.set(true);
        server.serves.set(true);
        server.inFlight.set(2);
        Drains drains = drains(false, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));

        await().atMost(PATIENCE).until(() -> phase(drains, 0) == Phase.DRAINING);
        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).containsExactly("close", "cut", "terminate");
        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        assertThat(drains.recent().getFirst().outcome()).isEqualTo("cut");
        assertThat(drains.recent().getFirst().problems()).anyMatch(problem -> problem.contains("nothing was stopped"));
    }

    @Test
    void whatTheGateStillCountsOfADeadServerIsCutBeforeTheDrainIsOver() throws Exception {
        var server = new FakeServer("llama", clock);
        server.gone.set(true);
        server.inFlight.set(2);
        Drains drains = drains(false, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).startsWith("close", "cut");
        assertThat(drains.snapshots().getFirst().outcome()).isEqualTo(DrainOutcome.CUT);
    }

    @Test
    void finishesAtOnceWithServerThatIsGone() throws Exception {
        var server = new FakeServer("dead", clock);
        server.gone.set(true);
        Drains drains = drains(false, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofHours(1))));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).containsExactly("close");
        assertThat(drains.snapshots().getFirst().outcome()).isEqualTo(DrainOutcome.GONE);
    }

    @Test
    void touchesNothingInDryRun() throws Exception {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(2);
        Drains drains = drains(true, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(20))));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).isEmpty();
        assertThat(server.gone).isFalse();
        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        assertThat(drains.recent().getFirst().dryRun()).isTrue();
        assertThat(drains.recent().getFirst().outcome()).isEqualTo("cut");
        assertThat(directory.resolve("state").resolve(StateFile.NAME)).doesNotExist();
    }

    @Test
    void whatAServerNeedsToStopMayBecomeKnownAfterTheStart() {
        var server = new FakeServer("worker", clock);
        server.obeysTerm.set(false);
        server.inFlight.set(1);
        Drains drains = drains(false, server.server());
        server.needs = StopNeeds.PROMPT.asked(true);

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(10))));

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.deeds).containsExactly("close", "terminate"));
        assertThat(phase(drains, 0)).isIn(Phase.SETTLING, Phase.DRAINING);
    }

    @Test
    void touchesNothingInDryRunThoughItsServerIsAskedFirst() throws Exception {
        var server = new FakeServer("worker", clock);
        server.needs = StopNeeds.PROMPT.asked(true);
        server.announcement = Optional.of(Stopper.Outcome.DONE);
        server.inFlight.set(1);
        Drains drains = drains(true, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(20))));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).isEmpty();
    }

    @Test
    void theDoorsCommandIsRunAtTheNoticeAndItsFailureIsOnRecord() {
        var server = new FakeServer("ray", clock);
        server.announcement = Optional.of(new Stopper.Outcome.Failed("no such node"));
        Drains drains = drains(false, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));

        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        assertThat(server.deeds).first().isEqualTo("close");
        assertThat(server.deeds).anyMatch(deed -> deed.matches("announce (29|30) s"));
        assertThat(drains.recent().getFirst().problems()).containsExactly("the door's command failed: no such node");
    }

    @Test
    void aPortThatStaysServedAfterTheStopIsOnRecord() {
        var server = new FakeServer("llama", clock);
        Drains drains = drains(false, server.server());
        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(2))));
        server.serves.set(true);

        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        assertThat(drains.recent().getFirst().outcome()).isEqualTo("drained");
        assertThat(drains.recent().getFirst().problems())
                .containsExactly(
                        "the server's processes are gone, but its port is still served: another process holds it");
    }

    @Test
    void processesThatOutliveTheMainOneAreOnRecord() {
        var server = new FakeServer("lit", clock);
        server.obeysTerm.set(false);
        server.leftBehind = Optional.of("2 processes outlived process 7: 8 (python), 9 (python)");
        Drains drains = drains(false, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));

        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        assertThat(server.deeds).containsExactly("close", "terminate", "kill");
        assertThat(drains.recent().getFirst().problems()).containsExactly(
                "2 processes outlived process 7: 8 (python), 9 (python)");
    }

    @Test
    void drainsWhenTheStateDirectoryCannotBeWritten() throws Exception {
        Files.writeString(directory.resolve("state"), "a file, not a directory");
        var server = new FakeServer("llama", clock);
        Drains drains = drains(false, server.server());
        assertThat(drains.resume()).isEmpty();

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        assertThat(server.deeds).containsExactly("close", "terminate");
    }

    @Test
    void closesTheDoorWithinMillisecondsOfTheAnswer() throws IOException {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(1);
        Drains drains = drains(false, server.server());
        long[] nanos = new long[200];
        for (int i = 0; i < nanos.length; i++) {
            Reclamation reclamation = reclamation(Duration.ofHours(1));
            long begun = System.nanoTime();
            drains.on(new NoticeEvent.Noticed(reclamation));
            nanos[i] = System.nanoTime() - begun;
            drains.on(new NoticeEvent.Withdrawn(reclamation));
        }

        Arrays.sort(nanos);
        assertThat(Duration.ofNanos(nanos[100])).isLessThan(Duration.ofMillis(5));
    }
}
