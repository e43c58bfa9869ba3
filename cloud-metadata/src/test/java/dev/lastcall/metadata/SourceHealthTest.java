// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SourceHealthTest {

    private final ManualClock clock = new ManualClock();
    private final List<SourceEvent> sourceEvents = new ArrayList<>();
    private final NoticeBoard board = new NoticeBoard(clock, List.of(), List.of(sourceEvents::add));

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
    void failureOfASourceIsReportedOnceForEachTransition() {
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

    private void absent(String source) {
        board.observe(source, Observation.ABSENT);
    }

    private void unknown(String source, MetadataProblem.Kind kind) {
        board.observe(source, new Observation.Unknown(new MetadataProblem(kind, "scripted")));
    }

    private void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private record SilentSource(String name, Duration lookInterval) implements NoticeSource {
        @Override
        public void start(ObservationSink sink) {}

        @Override
        public void close() {}
    }
}
