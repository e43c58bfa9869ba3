// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.lastcall.metadata.testing.ManualClock;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds on the board whatever the sources say, in whatever order. */
class NoticeBoardPropertyTest {

    /** One step: some milliseconds pass, then a source says something. */
    record Step(int millis, String source, Said said, int seconds) {}

    enum Said {
        FINAL, PLANNED, ADVISORY, ABSENT, UNKNOWN, TICK
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> step = Combinators
                .combine(Arbitraries.integers().between(0, 4_000), Arbitraries.of("a", "b", "c"),
                        Arbitraries.of(Said.class), Arbitraries.integers().between(-10, 1_200))
                .as(Step::new);
        return step.list().ofMaxSize(80);
    }

    @Property(tries = 400)
    void deadlineNeverMovesLaterAndEachReclamationIsAnnouncedOnce(@ForAll("steps") List<Step> steps) {
        ManualClock clock = new ManualClock();
        List<NoticeEvent> events = new ArrayList<>();
        NoticeBoard board = new NoticeBoard(clock, List.of(events::add));
        @Nullable
        Reclamation active = null;
        int checked = 0;
        for (Step step : steps) {
            play(board, clock, step);
            for (NoticeEvent event : events.subList(checked, events.size())) {
                switch (event) {
                    case NoticeEvent.Noticed noticed -> {
                        assertThat(active).as("announced while one is active").isNull();
                        active = noticed.reclamation();
                    }
                    case NoticeEvent.DeadlineMoved moved -> {
                        assertThat(active).isNotNull();
                        assertThat(moved.reclamation().deadline().isBefore(Objects.requireNonNull(active).deadline()))
                                .isTrue();
                        assertThat(moved.reclamation().detectedNanos())
                                .isEqualTo(Objects.requireNonNull(active).detectedNanos());
                        active = moved.reclamation();
                    }
                    case NoticeEvent.Withdrawn withdrawn -> {
                        assertThat(withdrawn.reclamation()).isEqualTo(active);
                        active = null;
                    }
                    case NoticeEvent.Advised advised -> {
                    }
                    case NoticeEvent.AdviceCleared cleared -> {
                    }
                }
            }
            checked = events.size();
            assertThat(board.reclamation().orElse(null)).isEqualTo(active);
            assertNoFinalNoticeIsEarlier(board.snapshot());
        }
    }

    @Property(tries = 400)
    void nothingIsWithdrawnWithoutThreeAbsencesOfItsOwnSourceInARow(@ForAll("steps") List<Step> steps) {
        ManualClock clock = new ManualClock();
        List<NoticeEvent> events = new ArrayList<>();
        NoticeBoard board = new NoticeBoard(clock, List.of(events::add));
        Map<String, Integer> absences = new HashMap<>();
        for (Step step : steps) {
            List<NoticeKey> before = keys(board);
            play(board, clock, step);
            switch (step.said()) {
                case ABSENT -> absences.merge(step.source(), 1, Integer::sum);
                case FINAL, PLANNED, ADVISORY -> absences.put(step.source(), 0);
                case UNKNOWN, TICK -> {
                }
            }
            for (NoticeKey key : before) {
                if (!keys(board).contains(key)) {
                    assertThat(key.source()).isEqualTo(step.source());
                    assertThat(step.said()).isEqualTo(Said.ABSENT);
                    assertThat(absences.get(key.source())).isGreaterThanOrEqualTo(NoticeBoard.WITHDRAWAL_ABSENCES);
                }
            }
        }
    }

    private static List<NoticeKey> keys(NoticeBoard board) {
        return board.snapshot().notices().stream().map(posted -> posted.notice().key()).toList();
    }

    private static void assertNoFinalNoticeIsEarlier(BoardSnapshot snapshot) {
        Reclamation reclamation = snapshot.reclamation();
        for (BoardSnapshot.Posted posted : snapshot.notices()) {
            Deadline deadline = posted.notice().deadline();
            if (posted.isFinal() && deadline != null) {
                assertThat(deadline.isBefore(Objects.requireNonNull(reclamation).deadline())).isFalse();
            }
        }
    }

    private static void play(NoticeBoard board, ManualClock clock, Step step) {
        clock.advance(Duration.ofMillis(step.millis()));
        NoticeKey key = NoticeKey.of(step.source(), NoticeKind.EXTERNAL);
        Deadline deadline = Deadline.in(Duration.ofSeconds(step.seconds()), clock);
        switch (step.said()) {
            case FINAL -> observe(board, new Notice(key, Finality.FINAL, deadline, ""));
            case PLANNED ->
                observe(board, new Notice(key, new Finality.FinalBefore(Duration.ofMinutes(10)), deadline, ""));
            case ADVISORY -> observe(board, new Notice(key, Finality.ADVISORY, null, ""));
            case ABSENT -> board.observe(step.source(), Observation.ABSENT);
            case UNKNOWN ->
                board.observe(step.source(),
                        new Observation.Unknown(new MetadataProblem(MetadataProblem.Kind.TIMEOUT, "")));
            case TICK -> board.tick();
        }
    }

    private static void observe(NoticeBoard board, Notice notice) {
        board.observe(notice.key().source(), Observation.of(List.of(notice)));
    }
}
