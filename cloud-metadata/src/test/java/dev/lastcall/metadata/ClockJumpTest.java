// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The machine is suspended, frozen or set, in mid-drain. */
class ClockJumpTest {

    private static final Duration PAUSE = Duration.ofSeconds(20);

    private final ManualClock clock = new ManualClock();
    private final List<NoticeEvent> events = new ArrayList<>();
    private final List<ClockJump> jumps = new CopyOnWriteArrayList<>();
    private final NoticeBoard board = new NoticeBoard(clock, List.of(events::add));

    private void passTwoSeconds(Runnable jump) throws InterruptedException {
        try (BoardTicker ticker = new BoardTicker(board, clock, jumps::add)) {
            ticker.start();
            clock.run(BoardTicker.INTERVAL, 1);
            jump.run();
            clock.run(BoardTicker.INTERVAL, 1);
        }
    }

    private Deadline noticed(String source, Finality finality, Duration left) {
        Deadline deadline = Deadline.in(left, clock);
        board.observe(source, new Observation.Present(
                List.of(new Notice(NoticeKey.of(source, NoticeKind.EXTERNAL), finality, deadline, ""))));
        return deadline;
    }

    @Test
    void timeInWhichTheMachineWasSuspendedIsTakenOffEveryDeadline() throws InterruptedException {
        Deadline first = noticed("a", Finality.FINAL, Duration.ofMinutes(2));
        noticed("b", new Finality.FinalBefore(Duration.ofSeconds(30)), Duration.ofMinutes(3));

        passTwoSeconds(() -> clock.suspend(PAUSE));

        assertThat(board.reclamation()).get().extracting(Reclamation::deadline).isEqualTo(first.minus(PAUSE));
        assertThat(events).last().isInstanceOf(NoticeEvent.DeadlineMoved.class);
        assertThat(jumps).singleElement().extracting(ClockJump::suspended).isEqualTo(PAUSE);
        clock.advance(Duration.ofSeconds(150 - 20 - 2));
        board.tick();
        assertThat(board.snapshot().notices()).as("the planned one comes earlier too")
                .allMatch(BoardSnapshot.Posted::isFinal);
    }

    @Test
    void aDeadlineThatOutlivedItsNoticeMovesToo() throws InterruptedException {
        Deadline first = noticed("a", Finality.FINAL, Duration.ofSeconds(40));
        noticed("b", Finality.FINAL, Duration.ofMinutes(5));
        for (int i = 0; i < 4; i++) {
            board.observe("a", Observation.ABSENT);
            clock.advance(Duration.ofSeconds(1));
        }

        passTwoSeconds(() -> clock.suspend(PAUSE));

        assertThat(board.reclamation()).get().extracting(Reclamation::deadline).isEqualTo(first.minus(PAUSE));
    }

    @Test
    void aStepOfTheCalendarAloneMovesNothingAndHasTheSourcesLook() throws InterruptedException {
        Deadline first = noticed("a", Finality.FINAL, Duration.ofMinutes(2));

        passTwoSeconds(() -> clock.stepWallTime(Duration.ofHours(1)));
        passTwoSeconds(() -> clock.stepWallTime(Duration.ofHours(-2)));

        assertThat(board.reclamation()).get().extracting(Reclamation::deadline).isEqualTo(first);
        assertThat(jumps).extracting(ClockJump::calendarStep)
                .containsExactly(Duration.ofHours(1), Duration.ofHours(-2));
        assertThat(jumps).extracting(ClockJump::suspended).containsOnly(Duration.ZERO);
    }

    @Test
    void aProcessThatWasFrozenHasTheSourcesLook() throws InterruptedException {
        passTwoSeconds(() -> clock.advance(PAUSE));

        assertThat(jumps).singleElement().satisfies(jump -> {
            assertThat(jump.suspended()).isEqualTo(Duration.ZERO);
            assertThat(jump.late()).isGreaterThan(ClockWatch.LATE);
        });
    }

    @Test
    void whatATimeDaemonSlewsIsNoJump() throws InterruptedException {
        passTwoSeconds(() -> clock.stepWallTime(Duration.ofMillis(900)));
        passTwoSeconds(() -> clock.suspend(Duration.ofMillis(30)));

        assertThat(jumps).isEmpty();
    }

    @Test
    void thisMachinesClocksAgree() {
        NodeClock system = NodeClock.system();
        assertThat(system.sinceBootNanos()).isPresent();
        assertThat(new ClockWatch(system).look(Duration.ZERO)).isEmpty();
    }
}
