// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.NoticeEvent.Noticed;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NoticeBoardSourcesTest extends NoticeBoardFixture {

    @Test
    void sourceIsBlindAfterThirtySecondsWithoutAGoodLook() {
        board.expect(new SilentSource("aws-spot", Duration.ofSeconds(1)));
        pass(30);
        board.tick();
        assertThat(board.snapshot().blind()).isFalse();
        pass(1);
        board.tick();
        board.tick();

        assertThat(board.snapshot().blind()).isTrue();
        assertThat(sourceEvents).containsExactly(new SourceEvent.Blind("aws-spot", Duration.ofSeconds(31)));
        absent("aws-spot");
        assertThat(board.snapshot().blind()).isFalse();
        assertThat(sourceEvents).hasSize(2)
                .last()
                .isEqualTo(new SourceEvent.Seeing("aws-spot", Duration.ofSeconds(31)));
    }

    @Test
    void sourceThatLooksOnceAMinuteIsBlindOnlyAfterThreeMissedLooks() {
        board.expect(new SilentSource("aws-maintenance", Duration.ofMinutes(1)));
        absent("aws-maintenance");
        pass(179);
        board.tick();
        assertThat(board.snapshot().blind()).isFalse();
        pass(2);
        board.tick();
        assertThat(board.snapshot().blind()).isTrue();
    }

    @Test
    void failureOfASourceIsToldOnceForEachTransition() {
        for (int i = 0; i < 5; i++) {
            unknown("aws-spot", MetadataProblem.Kind.TIMEOUT);
        }
        unknown("aws-spot", MetadataProblem.Kind.DENIED);
        absent("aws-spot");
        absent("aws-spot");
        unknown("aws-spot", MetadataProblem.Kind.TIMEOUT);

        assertThat(sourceEvents).extracting(e -> e.getClass().getSimpleName())
                .containsExactly("Failing", "Failing", "Seeing", "Failing");
        SourceStatus status = board.snapshot().sources().getFirst();
        assertThat(status.problems()).containsEntry(MetadataProblem.Kind.TIMEOUT, 6L)
                .containsEntry(MetadataProblem.Kind.DENIED, 1L)
                .containsEntry(MetadataProblem.Kind.MALFORMED, 0L);
        assertThat(status.looks()).isEqualTo(9);
        assertThat(status.failing()).isTrue();
        assertThat(status.sinceGoodLook(clock)).contains(Duration.ZERO);
    }

    @Test
    void throwingListenerIsCountedAndTheOthersHear() {
        List<NoticeEvent> heard = new ArrayList<>();
        NoticeBoard fragile = new NoticeBoard(clock, List.of(event -> {
            throw new IllegalStateException("broken");
        }, heard::add));
        fragile.observe("aws-spot", Observation.of(List.of(spot(120))));

        assertThat(heard).hasSize(1);
        assertThat(fragile.snapshot().listenerFailures()).isEqualTo(1);
        assertThat(fragile.snapshot().lastListenerFailure()).contains("broken");
    }

    @Test
    void whatAListenerBringsAboutIsToldAfterTheEventAtHand() {
        List<String> heard = new ArrayList<>();
        NoticeBoard[] self = new NoticeBoard[1];
        self[0] = new NoticeBoard(clock, List.of(event -> {
            heard.add("first:" + event.getClass().getSimpleName());
            if (event instanceof Noticed noticed && !noticed.restored()) {
                self[0].offer(notice("os-shutdown", NoticeKind.OS_SHUTDOWN, Finality.FINAL, 5));
            }
        }, event -> heard.add("second:" + event.getClass().getSimpleName())));
        self[0].observe("aws-spot", Observation.of(List.of(spot(120))));

        assertThat(heard).containsExactly("first:Noticed", "second:Noticed", "first:DeadlineMoved",
                "second:DeadlineMoved");
    }

    @Test
    void sourceThatNamesItsEventsAnewAtEachLookIsBounded() {
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
}
