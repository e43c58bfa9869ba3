// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

import dev.lastcall.agent.drain.DrainRecord;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.gate.GateCounts;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.telemetry.DoorTurn;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.telemetry.ServerReadings;

/** Connects the meters of servers and their drains with what they measure. */
public final class ServerMeters implements ServerRegistry.Listener, DrainTransition.Listener {

    private final Metrics metrics;
    private final Drains drains;
    /** When the phase that a drain is in began, since the notice, by server. */
    private final Map<String, Duration> phaseBegan = new ConcurrentHashMap<>();

    /** @param drains asked for the doors */
    public ServerMeters(Metrics metrics, Drains drains) {
        this.metrics = metrics;
        this.drains = drains;
    }

    @Override
    public void added(LocalServer local) {
        String name = local.server().name();
        Map<String, LongSupplier> refused = new HashMap<>();
        for (GateCounts.Refusal reason : GateCounts.Refusal.values()) {
            refused.put(reason.label(), count(local, counts -> counts.refused().getOrDefault(reason, 0L)));
        }
        metrics.server(name, new ServerReadings(
                () -> drains.snapshots()
                        .stream()
                        .filter(snapshot -> snapshot.server().equals(name))
                        .noneMatch(DrainSnapshot::doorClosed),
                () -> inFlight(local.sampler().newest()),
                count(local, GateCounts::admitted),
                refused,
                count(local, GateCounts::completed),
                count(local, GateCounts::upstreamFailures),
                count(local, GateCounts::clientGone),
                count(local, GateCounts::cutTotal),
                count(local, GateCounts::lost)));
    }

    private static LongSupplier count(LocalServer local, ToLongFunction<GateCounts> which) {
        return () -> local.gate().map(gate -> which.applyAsLong(gate.counts())).orElse(0L);
    }

    @Override
    public void removed(String name) {
        metrics.removeServer(name);
        phaseBegan.remove(name);
    }

    private static OptionalDouble inFlight(InFlight reading) {
        return switch (reading) {
            case InFlight.Exact(int count) -> OptionalDouble.of(count);
            case InFlight.Gauged gauged -> OptionalDouble.of(gauged.count());
            case InFlight.Unclear _,InFlight.Unobservable _ -> OptionalDouble.empty();
        };
    }

    @Override
    public void on(DrainTransition transition) {
        Duration doorDelay = transition.doorDelay();
        if (doorDelay != null && !transition.from().isActive()) {
            metrics.doorTurned(transition.to() == Phase.ANNOUNCING ? DoorTurn.ANNOUNCED : DoorTurn.CLOSED, doorDelay);
        }
        Duration began = transition.to().isActive()
                ? phaseBegan.put(transition.server(), transition.elapsed())
                : phaseBegan.remove(transition.server());
        if (began != null) {
            metrics.drainPhaseEnded(transition.from().label(), transition.elapsed().minus(began));
        }
        DrainRecord ended = transition.record();
        if (ended != null) {
            metrics.drained(ended.outcome(), Duration.between(ended.detectedAt(), ended.stoppedAt()));
        }
    }
}
