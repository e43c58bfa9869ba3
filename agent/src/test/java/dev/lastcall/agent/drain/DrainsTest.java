// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

final class DrainsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final FastClock clock = new FastClock(20);
    private final List<Drains> opened = new CopyOnWriteArrayList<>();

    private Drains drains(boolean dryRun, InferenceServer... servers) {
        var drains = new Drains(Arrays.asList(servers), new DrainSettings(DrainPolicy.DEFAULT, true, dryRun), clock,
                DrainLedger.open(directory.resolve("state"), proc(), clock));
        opened.add(drains);
        return drains;
    }

    /** A kernel whose time runs as fast as the test's. */
    private Path proc() {
        try {
            Path random = Files.createDirectories(directory.resolve("proc/sys/kernel/random"));
            Files.writeString(random.resolve("boot_id"), "0f6ab1f0-1111-2222-3333-444444444444\n");
            Files.writeString(directory.resolve("proc/uptime"), String.format(Locale.ROOT, "%.2f 0.00\n",
                    Duration.between(clock.origin(), clock.wallTime()).toMillis() / 1000.0));
            return directory.resolve("proc");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        opened.forEach(Drains::close);
    }

    private Reclamation reclamation(Duration window) {
        Deadline deadline = Deadline.in(window, clock);
        var notice = new Notice(NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION), Finality.FINAL, deadline,
                "terminate");
        return new Reclamation(notice, deadline, clock.wallTime(), clock.nanoTime());
    }

    private static Phase phase(Drains drains, int index) {
        return drains.snapshots().get(index).phase();
    }

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
        assertThat(heard).containsExactly(Phase.CLOSED, Phase.DRAINING, Phase.STOPPING, Phase.STOPPED);
        DrainRecord drained = drains.recent().getFirst();
        assertThat(drained.outcome()).isEqualTo("drained");
        assertThat(drained.inFlightAtNotice()).isEqualTo(3);
        assertThat(drained.completed()).isEqualTo(3);
        assertThat(drained.cut()).isZero();
        assertThat(drained.killed()).isFalse();
        assertThat(drained.timeLeftMillis()).isBetween(59_990L, 60_000L);
        assertThat(drained.unusedMillis()).isBetween(5_000L, 50_000L);
        assertThat(drained.problems()).isEmpty();
        drains.close();
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
        var drains = new Drains(List.of(server.server()), new DrainSettings(DrainPolicy.DEFAULT, false, false), clock,
                DrainLedger.open(directory.resolve("state"), proc(), clock));
        opened.add(drains);
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
    void resumesAfterRestartWithSameDeadlineAndClosedDoor() throws Exception {
        var before = new FakeServer("llama", clock);
        before.inFlight.set(1);
        Drains first = drains(false, before.server());
        Reclamation reclamation = reclamation(Duration.ofMinutes(1));
        first.on(new NoticeEvent.Noticed(reclamation));
        await().atMost(PATIENCE).until(() -> phase(first, 0) == Phase.DRAINING);
        first.close();

        var after = new FakeServer("llama", clock);
        after.inFlight.set(1);
        var added = new FakeServer("added", clock);
        Drains second = drains(false, after.server(), added.server());
        var resumed = second.resume();

        assertThat(after.deeds).containsExactly("close");
        assertThat(added.deeds).containsExactly("close");
        assertThat(phase(second, 0)).isIn(Phase.DRAINING, Phase.CUTTING);
        assertThat(resumed).hasValueSatisfying(again -> {
            assertThat(again.notice().key()).isEqualTo(reclamation.notice().key());
            assertThat(again.detectedAt()).isEqualTo(reclamation.detectedAt());
            assertThat(Duration.ofNanos(reclamation.deadline().nanoTime() - again.deadline().nanoTime()).abs())
                    .isLessThan(Duration.ofSeconds(2));
        });
        assertThat(second.awaitDone(PATIENCE)).isTrue();
        assertThat(after.deeds).containsExactly("close", "cut", "terminate");
    }

    @Test
    void doesNotStopTwiceAfterRestart() throws Exception {
        var before = new FakeServer("llama", clock);
        before.obeysTerm.set(false);
        Drains first = drains(false, before.server());
        first.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(1))));
        await().atMost(PATIENCE).until(() -> phase(first, 0) == Phase.STOPPING);
        first.close();

        var after = new FakeServer("llama", clock);
        Drains second = drains(false, after.server());
        assertThat(second.resume()).isPresent();

        assertThat(second.awaitDone(PATIENCE)).isTrue();
        assertThat(after.deeds).containsExactly("close", "kill");
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
