// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.SourceStatus;

/** Connects the meters of the notice board with what they measure. */
final class NoticeMeters {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Metrics metrics;
    private final NoticeBoard board;
    private final NodeClock clock;
    private final long started;

    NoticeMeters(Metrics metrics, NoticeBoard board, NodeClock clock) {
        this.metrics = metrics;
        this.board = board;
        this.clock = clock;
        this.started = clock.nanoTime();
        metrics.deadline(() -> board.reclamation()
                .stream()
                .mapToDouble(active -> (active.deadline().nanoTime() - clock.nanoTime()) / NANOS_PER_SECOND)
                .findFirst());
    }

    void source(NoticeSource source) {
        metrics.source(source.name(), () -> status(source.name()).sinceGoodLook(clock)
                .map(since -> since.toNanos() / NANOS_PER_SECOND)
                .orElse((clock.nanoTime() - started) / NANOS_PER_SECOND),
                kind -> status(source.name()).problems().getOrDefault(kind, 0L));
    }

    private SourceStatus status(String source) {
        return board.snapshot()
                .sources()
                .stream()
                .filter(status -> status.name().equals(source))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the board does not know the source " + source));
    }
}
