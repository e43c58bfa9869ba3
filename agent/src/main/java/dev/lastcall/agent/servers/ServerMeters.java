// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

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
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.telemetry.ServerReadings;

/** Connects the meters of servers and their drains with what they measure. */
public final class ServerMeters implements ServerRegistry.Listener, DrainTransition.Listener {

    private final Metrics metrics;
    private final Drains drains;

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
            refused.put(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    () -> local.gate().map(gate -> gate.counts().refused().getOrDefault(reason, 0L)).orElse(0L));
        }
        metrics.server(name, new ServerReadings(
                () -> drains.snapshots()
                        .stream()
                        .filter(snapshot -> snapshot.server().equals(name))
                        .noneMatch(DrainSnapshot::doorClosed),
                () -> inFlight(local.sampler().newest()),
                () -> local.gate().map(gate -> gate.counts().admitted()).orElse(0L),
                refused,
                () -> local.gate().map(gate -> gate.counts().cutTotal()).orElse(0L),
                () -> local.gate().map(gate -> gate.counts().lost()).orElse(0L)));
    }

    @Override
    public void removed(String name) {
        metrics.removeServer(name);
    }

    private static double inFlight(InFlight reading) {
        return switch (reading) {
            case InFlight.Exact(int count) -> count;
            case InFlight.Gauged gauged -> gauged.count();
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
