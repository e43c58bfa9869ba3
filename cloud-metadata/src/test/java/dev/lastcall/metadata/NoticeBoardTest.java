// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.NoticeEvent.AdviceCleared;
import dev.lastcall.metadata.NoticeEvent.Advised;
import dev.lastcall.metadata.NoticeEvent.DeadlineMoved;
import dev.lastcall.metadata.NoticeEvent.Noticed;
import dev.lastcall.metadata.NoticeEvent.Withdrawn;
import dev.lastcall.metadata.testing.ManualClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NoticeBoardTest {

    private static final Finality PLANNED = new Finality.FinalBefore(Duration.ofMinutes(10));

    // The monotonic clock wraps in the middle of these tests, as it may.
    private final ManualClock clock = new ManualClock(ManualClock.START,
            Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
    private final List<NoticeEvent> events = new ArrayList<>();
    private final NoticeBoard board = new NoticeBoard(clock, List.of(events::add));

    @Test
    void closesOnceForANoticeSeenAtEveryLook() {
        Notice notice = spot(120);
        for (int i = 0; i < 30; i++) {
            present(notice);
            pass(1);
        }

        assertThat(events).hasSize(1);
        Reclamation reclamation = ((Noticed) events.getFirst()).reclamation();
        assertThat(reclamation.window()).isEqualTo(Duration.ofMinutes(2));
        assertThat(reclamation.detectedAt()).isEqualTo(ManualClock.START);
        assertThat(board.reclamation()).contains(reclamation);
    }

    @Test
    void movesTheDeadlineEarlierAtOnceAndNeverLater() {
        present(spot(120));
        present(spot(60));
        present(spot(180));

        assertThat(events).hasSize(2);
        assertThat(events.get(1)).isInstanceOfSatisfying(DeadlineMoved.class,
                moved -> assertThat(moved.reclamation().window()).isEqualTo(Duration.ofMinutes(1)));
        assertThat(window()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void noticeThatIsAbsentOnceAndComesBackChangesNothing() {
        present(spot(120));
        absent("aws-spot");
        pass(10);
        present(spot(110));
        absent("aws-spot");
        pass(10);
        absent("aws-spot");

        assertThat(events).hasSize(1);
    }

    @Test
    void withdrawsAfterThreeDefiniteAbsencesOverThreeSeconds() {
        present(spot(120));
        absent("aws-spot");
        pass(1);
        absent("aws-spot");
        pass(1);
        absent("aws-spot");
        assertThat(events).as("three, but in two seconds").hasSize(1);
        pass(1);
        absent("aws-spot");

        assertThat(events).hasSize(2).last().isInstanceOf(Withdrawn.class);
        assertThat(board.reclamation()).isEmpty();
        assertThat(board.snapshot().notices()).isEmpty();
    }

    @Test
    void twoAbsencesFarApartDoNotWithdraw() {
        present(spot(120));
        absent("aws-spot");
        pass(60);
        absent("aws-spot");

        assertThat(events).hasSize(1);
    }

    @Test
    void failedLooksNeitherWithdrawNorRestartTheCount() {
        present(spot(120));
        for (int i = 0; i < 100; i++) {
            unknown("aws-spot", MetadataProblem.Kind.SERVER_ERROR);
            pass(1);
        }
        assertThat(events).hasSize(1);

        absent("aws-spot");
        unknown("aws-spot", MetadataProblem.Kind.TIMEOUT);
        pass(2);
        absent("aws-spot");
        unknown("aws-spot", MetadataProblem.Kind.TIMEOUT);
        pass(2);
        absent("aws-spot");
        assertThat(events).hasSize(2).last().isInstanceOf(Withdrawn.class);
    }

    @Test
    void secondNoticeAfterAWithdrawalIsAnnouncedAgain() {
        present(spot(120));
        withdraw("aws-spot");
        present(spot(100));

        assertThat(events).hasSize(3).last().isInstanceOfSatisfying(Noticed.class, noticed -> {
            assertThat(noticed.restored()).isFalse();
            assertThat(noticed.reclamation().window()).isEqualTo(Duration.ofSeconds(100));
        });
    }

    @Test
    void silenceOfOneSourceDoesNotTouchTheNoticeOfAnother() {
        observe("gcp-preempted", notice("gcp-preempted", NoticeKind.PREEMPTION, Finality.FINAL, 30));
        for (int i = 0; i < 20; i++) {
            absent("gcp-maintenance");
            pass(1);
        }

        assertThat(events).hasSize(1);
    }

    @Test
    void preemptionTakesOverFromAWaitingMaintenance() {
        observe("gcp-maintenance", notice("gcp-maintenance", NoticeKind.MAINTENANCE, Finality.FINAL, 3600));
        observe("gcp-preempted", notice("gcp-preempted", NoticeKind.PREEMPTION, Finality.FINAL, 30));
        withdraw("gcp-maintenance");

        assertThat(events).hasSize(2).last().isInstanceOfSatisfying(DeadlineMoved.class, moved -> {
            assertThat(moved.reclamation().notice().key().kind()).isEqualTo(NoticeKind.PREEMPTION);
            assertThat(moved.reclamation().window()).isEqualTo(Duration.ofSeconds(30));
        });
    }

    @Test
    void keepsTheDeadlineOfANoticeThatIsWithdrawnWhileAnotherIsActive() {
        observe("a", notice("a", NoticeKind.EXTERNAL, Finality.FINAL, 30));
        observe("b", notice("b", NoticeKind.EXTERNAL, Finality.FINAL, 300));
        withdraw("a");

        assertThat(events).hasSize(1);
        assertThat(window()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void rebalanceAndInterruptionInOneLookAreOneDrainForTheInterruption() {
        observe("aws-rebalance", notice("aws-rebalance", NoticeKind.REBALANCE, Finality.ADVISORY, null));
        present(spot(120));
        observe("aws-rebalance", notice("aws-rebalance", NoticeKind.REBALANCE, Finality.ADVISORY, null));

        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOf(Advised.class);
        assertThat(events.get(1)).isInstanceOfSatisfying(Noticed.class,
                noticed -> assertThat(noticed.reclamation().notice().key().kind())
                        .isEqualTo(NoticeKind.SPOT_INTERRUPTION));
    }

    @Test
    void advisoryNoticeIsPublishedWhenItComesAndWhenItGoes() {
        Notice advice = notice("aws-rebalance", NoticeKind.REBALANCE, Finality.ADVISORY, null);
        observe("aws-rebalance", advice);
        observe("aws-rebalance", advice);
        withdraw("aws-rebalance");

        assertThat(events).containsExactly(new Advised(advice), new AdviceCleared(advice));
    }

    @Test
    void plannedNoticeBecomesFinalAtItsLeadWithoutAnotherLook() {
        Notice planned = notice("aws-maintenance", NoticeKind.MAINTENANCE, PLANNED,
                (int) Duration.ofDays(14).toSeconds());
        observe("aws-maintenance", planned);
        clock.advance(Duration.ofDays(14).minus(Duration.ofMinutes(10)).minusMillis(1));
        board.tick();
        assertThat(events).containsExactly(new Advised(planned));
        clock.advance(Duration.ofMillis(1));
        board.tick();

        assertThat(events).hasSize(2)
                .last()
                .isInstanceOfSatisfying(Noticed.class,
                        noticed -> assertThat(noticed.reclamation().window()).isEqualTo(Duration.ofMinutes(10)));
    }

    @Test
    void plannedNoticeWithinItsLeadIsFinalAtFirstSight() {
        observe("aws-maintenance", notice("aws-maintenance", NoticeKind.MAINTENANCE, PLANNED, 300));

        assertThat(events).hasSize(1).first().isInstanceOf(Noticed.class);
    }

    @Test
    void plannedNoticeFollowsAPostponementUntilItIsFinal() {
        observe("aws-maintenance", notice("aws-maintenance", NoticeKind.MAINTENANCE, PLANNED, 1200));
        observe("aws-maintenance", notice("aws-maintenance", NoticeKind.MAINTENANCE, PLANNED, 7200));
        pass(3600);
        board.tick();
        assertThat(events).hasSize(1);

        pass(3100);
        board.tick();
        observe("aws-maintenance", notice("aws-maintenance", NoticeKind.MAINTENANCE, PLANNED, 90_000));
        assertThat(events).hasSize(2);
        assertThat(window()).isEqualTo(Duration.ofSeconds(500));
    }

    @Test
    void cancelledEventOfTwoLeavesTheOther() {
        Notice one = new Notice(new NoticeKey("aws-maintenance", NoticeKind.MAINTENANCE, "one"), Finality.FINAL,
                in(300), "");
        Notice two = new Notice(new NoticeKey("aws-maintenance", NoticeKind.MAINTENANCE, "two"), Finality.FINAL,
                in(600), "");
        observe("aws-maintenance", one, two);
        for (int i = 0; i < 5; i++) {
            observe("aws-maintenance", two);
            pass(1);
        }
        assertThat(events).hasSize(1);
        assertThat(board.snapshot().notices()).extracting(BoardSnapshot.Posted::notice).containsExactly(two);

        withdraw("aws-maintenance");
        assertThat(events).hasSize(2).last().isInstanceOf(Withdrawn.class);
    }

    @Test
    void operatorsNoticeIsTakenDownAtOnceAndTheCloudsIsNot() {
        Notice operator = notice("operator", NoticeKind.OPERATOR, Finality.FINAL, 60);
        board.offer(operator);
        present(spot(120));

        assertThat(board.withdraw(spot(120).key())).isFalse();
        assertThat(board.withdraw(operator.key())).isTrue();
        assertThat(board.withdraw(operator.key())).isFalse();
        assertThat(events).as("the interruption is still active").hasSize(1);
        withdraw("aws-spot");
        assertThat(events).hasSize(2).last().isInstanceOf(Withdrawn.class);
    }

    @Test
    void shutdownOfTheSystemCutsALongerWindowShort() {
        observe("gcp-preempted", notice("gcp-preempted", NoticeKind.PREEMPTION, Finality.FINAL, 120));
        pass(10);
        board.offer(notice("os-shutdown", NoticeKind.OS_SHUTDOWN, Finality.FINAL, 24));

        assertThat(events).hasSize(2).last().isInstanceOf(DeadlineMoved.class);
        assertThat(window()).isEqualTo(Duration.ofSeconds(34));
    }

    @Test
    void restoredReclamationKeepsItsDeadlineAndIsMarked() {
        Reclamation before = new Reclamation(spot(80), in(80), ManualClock.START.minusSeconds(40),
                clock.nanoTime() - Duration.ofSeconds(40).toNanos());
        board.restore(before);
        present(spot(95));

        assertThat(events).containsExactly(new Noticed(before, true));
        assertThat(board.reclamation()).contains(before);
        withdraw("aws-spot");
        assertThat(events).hasSize(2).last().isEqualTo(new Withdrawn(before));
    }

    @Test
    void restoredPlannedNoticeStaysFinalThoughItsSourceCallsItAdvisory() {
        Reclamation before = new Reclamation(notice("azure-events", NoticeKind.MAINTENANCE, PLANNED, 900), in(900),
                ManualClock.START,
                clock.nanoTime());
        board.restore(before);
        observe("azure-events", notice("azure-events", NoticeKind.MAINTENANCE, Finality.ADVISORY, null));
        pass(60);
        observe("azure-events", notice("azure-events", NoticeKind.MAINTENANCE, Finality.ADVISORY, null));

        assertThat(events).containsExactly(new Noticed(before, true));
    }

    @Test
    void saysHowLongAReclamationIsOverdue() {
        present(spot(120));
        assertThat(board.snapshot().overdue()).isZero();
        pass(720);

        assertThat(board.snapshot().overdue()).isEqualTo(Duration.ofMinutes(10));
        assertThat(events).hasSize(1);
        withdraw("aws-spot");
        assertThat(board.snapshot().overdue()).isZero();
    }

    @Test
    void sourceThatRenamesItsEventsAtEachLookIsBounded() {
        for (int i = 0; i < 2_000; i++) {
            observe("azure-events",
                    new Notice(new NoticeKey("azure-events", NoticeKind.PREEMPTION, "event-" + i), Finality.FINAL,
                            in(30), ""));
            unknown("azure-events", MetadataProblem.Kind.MALFORMED);
        }

        assertThat(board.snapshot().notices()).hasSizeLessThanOrEqualTo(NoticeBoard.MAX_NOTICES_PER_SOURCE);
        assertThat(events).hasSize(1);
    }

    @Test
    void noticeOfAnotherSourceIsRefused() {
        assertThatThrownBy(() -> observe("aws-rebalance", spot(120))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aws-spot");
    }

    private Notice spot(int seconds) {
        return notice("aws-spot", NoticeKind.SPOT_INTERRUPTION, Finality.FINAL, seconds);
    }

    private Notice notice(String source, NoticeKind kind, Finality finality, @Nullable Integer seconds) {
        return new Notice(NoticeKey.of(source, kind), finality, seconds == null ? null : in(seconds), "scripted");
    }

    private Deadline in(int seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), clock);
    }

    private void present(Notice notice) {
        observe(notice.key().source(), notice);
    }

    private void observe(String source, Notice... notices) {
        board.observe(source, Observation.of(List.of(notices)));
    }

    private void absent(String source) {
        board.observe(source, Observation.ABSENT);
    }

    private void withdraw(String source) {
        for (int i = 0; i < 4; i++) {
            absent(source);
            pass(1);
        }
    }

    private void unknown(String source, MetadataProblem.Kind kind) {
        board.observe(source, new Observation.Unknown(new MetadataProblem(kind, "scripted")));
    }

    private void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private Duration window() {
        return board.reclamation().orElseThrow().window();
    }
}
