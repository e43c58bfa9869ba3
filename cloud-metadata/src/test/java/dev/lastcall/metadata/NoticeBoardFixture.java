// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.testing.ManualClock;
import org.jspecify.annotations.Nullable;

/** A notice board on a clock that stands still, and short words for what happens to it. */
abstract class NoticeBoardFixture {

    static final Finality PLANNED = new Finality.FinalBefore(Duration.ofMinutes(10));

    // The monotonic clock wraps in the middle of these tests, as it may.
    final ManualClock clock = new ManualClock(ManualClock.START,
            Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
    final List<NoticeEvent> events = new ArrayList<>();
    final List<SourceEvent> sourceEvents = new ArrayList<>();
    final NoticeBoard board = new NoticeBoard(clock, List.of(events::add), List.of(sourceEvents::add));

    Notice spot(int seconds) {
        return notice("aws-spot", NoticeKind.SPOT_INTERRUPTION, Finality.FINAL, seconds);
    }

    Notice notice(String source, NoticeKind kind, Finality finality, @Nullable Integer seconds) {
        return new Notice(NoticeKey.of(source, kind), finality, seconds == null ? null : in(seconds), "scripted");
    }

    Deadline in(int seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), clock);
    }

    void present(Notice notice) {
        observe(notice.key().source(), notice);
    }

    void observe(String source, Notice... notices) {
        board.observe(source, Observation.of(List.of(notices)));
    }

    void absent(String source) {
        board.observe(source, Observation.ABSENT);
    }

    void withdraw(String source) {
        for (int i = 0; i < 4; i++) {
            absent(source);
            pass(1);
        }
    }

    void unknown(String source, MetadataProblem.Kind kind) {
        board.observe(source, new Observation.Unknown(new MetadataProblem(kind, "scripted")));
    }

    void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    Duration window() {
        return board.reclamation().orElseThrow().window();
    }

    record SilentSource(String name, Duration lookInterval) implements NoticeSource {
        @Override
        public void start(ObservationSink sink) {}

        @Override
        public void close() {}
    }
}
