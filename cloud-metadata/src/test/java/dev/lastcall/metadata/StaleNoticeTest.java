// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.testing.ManualClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A notice whose time had long passed when it was first seen, on a node that lives. */
class StaleNoticeTest {

    private static final String SPOT = "aws-spot";
    private static final Instant YESTERDAY = ManualClock.START.minus(Duration.ofDays(1));

    private final ManualClock clock = new ManualClock();
    private final List<NoticeEvent> events = new ArrayList<>();
    private final NoticeBoard board = new NoticeBoard(clock, List.of(events::add));

    private Notice notice(String source, Duration left, @Nullable Instant pastTime) {
        return new Notice(NoticeKey.of(source, NoticeKind.SPOT_INTERRUPTION), Finality.FINAL, Deadline.in(left, clock),
                "", pastTime);
    }

    private void see(Notice notice) {
        board.observe(notice.key().source(), new Observation.Present(List.of(notice)));
    }

    private void absent(String source) {
        board.observe(source, Observation.ABSENT);
    }

    @Test
    void isPublishedAndNotActedOnHoweverOftenItIsSeen() {
        Notice old = notice(SPOT, Duration.ZERO, YESTERDAY);
        for (int i = 0; i < 100; i++) {
            see(old);
            clock.advance(Duration.ofSeconds(1));
            board.tick();
        }

        assertThat(events).singleElement().isInstanceOf(NoticeEvent.Advised.class);
        assertThat(board.reclamation()).isEmpty();
        assertThat(board.snapshot().notices()).singleElement().satisfies(posted -> {
            assertThat(posted.isDoubted()).isTrue();
            assertThat(posted.isFinal()).isFalse();
        });
    }

    @Test
    void isActedOnOnceItsTimeChanges() {
        see(notice(SPOT, Duration.ZERO, YESTERDAY));
        see(notice(SPOT, Duration.ofMinutes(2), null));

        assertThat(board.reclamation()).get()
                .extracting(Reclamation::window)
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(board.snapshot().notices()).singleElement()
                .satisfies(posted -> assertThat(posted.isDoubted()).isFalse());
    }

    @Test
    void isActedOnOnceItsTimeChangesToAnotherThatHasPassed() {
        see(notice(SPOT, Duration.ZERO, YESTERDAY));
        clock.advance(Duration.ofHours(1));
        see(notice(SPOT, Duration.ZERO, YESTERDAY.plusSeconds(7200)));

        assertThat(board.reclamation()).get().extracting(Reclamation::window).isEqualTo(Duration.ZERO);
    }

    @Test
    void isActedOnWhereItAppearsAgainAfterItWasWithdrawn() {
        Notice old = notice(SPOT, Duration.ZERO, YESTERDAY);
        see(old);
        absent(SPOT);
        see(old);
        assertThat(board.reclamation()).as("one absence is none").isEmpty();
        for (int i = 0; i < 4; i++) {
            absent(SPOT);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(events).last().isInstanceOf(NoticeEvent.AdviceCleared.class);

        see(old);

        assertThat(board.reclamation()).get().satisfies(reclamation -> {
            assertThat(reclamation.window()).isEqualTo(Duration.ZERO);
            assertThat(reclamation.deadline()).as("from now, not from when it was read first")
                    .isEqualTo(Deadline.in(Duration.ZERO, clock));
        });
    }

    @Test
    void isActedOnWhereItsSourceHadAnsweredWithoutIt() {
        absent(SPOT);
        see(notice(SPOT, Duration.ZERO, YESTERDAY));

        assertThat(board.reclamation()).isPresent();
    }

    @Test
    void anErrorOrAnotherSourceIsNoAnswer() {
        board.observe(SPOT, new Observation.Unknown(new MetadataProblem(MetadataProblem.Kind.TIMEOUT, "")));
        absent("aws-rebalance");
        see(notice(SPOT, Duration.ZERO, YESTERDAY));
        see(notice("aws-termination-time", Duration.ZERO, YESTERDAY));

        assertThat(board.reclamation()).as("both are left behind by one failure").isEmpty();
    }

    @Test
    void anotherSourcesNoticeIsActedOnByItselfAndKeepsItsWindow() {
        see(notice(SPOT, Duration.ZERO, YESTERDAY));
        see(notice("mine", Duration.ofMinutes(2), null));

        assertThat(board.reclamation()).get().extracting(Reclamation::window).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whatTheAgentHasActedOnBeforeItsRestartStays() {
        Notice old = notice(SPOT, Duration.ZERO, YESTERDAY);
        board.restore(new Reclamation(old, Deadline.in(Duration.ofSeconds(10), clock), YESTERDAY, clock.nanoTime()));
        see(old);

        assertThat(board.reclamation()).isPresent();
    }
}
