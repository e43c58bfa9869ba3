// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.lastcall.agent.drain.DrainRecord;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.gate.GateCounts;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.telemetry.ServerReadings;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.SourceStatus;

/** Connects the meters with what they measure. */
public final class MeterBinding implements DrainTransition.Listener {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Metrics metrics;
    private final NoticeBoard board;
    private final NodeClock clock;
    private final long started;

    public MeterBinding(Metrics metrics, NoticeBoard board, NodeClock clock) {
        this.metrics = metrics;
        this.board = board;
        this.clock = clock;
        this.started = clock.nanoTime();
        metrics.deadline(() -> board.reclamation()
                .map(standing -> (standing.deadline().nanoTime() - clock.nanoTime()) / NANOS_PER_SECOND)
                .orElse(Double.NaN));
    }

    public void source(NoticeSource source) {
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

    /** A server is there no more. */
    public void remove(String server) {
        metrics.removeServer(server);
    }

    public void server(LocalServer local, Drains drains) {
        String name = local.server().name();
        Map<String, LongSupplier> refused = new HashMap<>();
        for (GateCounts.Refusal reason : GateCounts.Refusal.values()) {
            refused.put(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    () -> local.gate().map(gate -> gate.counts().refused().getOrDefault(reason, 0L)).orElse(0L));
        }
        metrics.server(name, new ServerReadings(
                () -> drains.snapshots()
                        .stream()
                        .filter(snapshot -> snapshot.server().equals(name))
                        .noneMatch(DrainSnapshot::doorClosed),
                () -> inFlight(local.watch().newest()),
                () -> local.gate().map(gate -> gate.counts().admitted()).orElse(0L),
                refused,
                () -> local.gate().map(gate -> gate.counts().cutTotal()).orElse(0L),
                () -> local.gate().map(gate -> gate.counts().lost()).orElse(0L)));
    }

    private static double inFlight(InFlight reading) {
        return switch (reading) {
            case InFlight.Exact(int count) -> count;
            case InFlight.Gauged(int count) -> count;
            case InFlight.Unclear _,InFlight.Unobservable _ -> Double.NaN;
        };
    }

    @Override
    public void on(DrainTransition transition) {
        DrainRecord ended = transition.record();
        if (ended != null) {
            metrics.drained(ended.outcome(), Duration.between(ended.detectedAt(), ended.stoppedAt()));
        }
    }
}
