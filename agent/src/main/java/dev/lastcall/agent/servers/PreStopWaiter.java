// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.lastcall.agent.api.PreStopHold;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/**
 * Holds hooks until servers are idle. While the door is open, as when a Deployment is rolled, routers still send requests
 * for a moment: then idle is only believed after a settle time and some quiet. While a drain is on, it is the drain that
 * says when it is over. Thread-safe.
 */
public final class PreStopWaiter implements PreStopHold {

    /** Longest hold; the kubelet ends a hook at the pod's grace period anyway. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** From the hook's call until routers have heard that the pod goes. */
    public static final Duration SETTLE = Duration.ofSeconds(5);

    /** Nothing in flight for so long. */
    static final Duration QUIET = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration READ_BOUND = Duration.ofSeconds(2);

    private final Supplier<List<LocalServer>> servers;
    private final Supplier<List<DrainSnapshot>> drains;
    private final NodeClock clock;
    private final Map<String, Reading> readings = new ConcurrentHashMap<>();

    public PreStopWaiter(Supplier<List<LocalServer>> servers, Supplier<List<DrainSnapshot>> drains, NodeClock clock) {
        this.servers = servers;
        this.drains = drains;
        this.clock = clock;
    }

    @Override
    public Held hold(String whom, BooleanSupplier waitedFor) {
        List<LocalServer> there = servers.get();
        readings.keySet().retainAll(there.stream().map(local -> local.server().name()).toList());
        List<LocalServer> meant = there.stream().filter(local -> local.isCalled(whom)).toList();
        if (meant.isEmpty()) {
            return Held.UNKNOWN;
        }
        try {
            return hold(meant, waitedFor);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return Held.LEFT;
        }
    }

    private Held hold(List<LocalServer> meant, BooleanSupplier waitedFor) throws InterruptedException {
        long begun = clock.nanoTime();
        long busyAt = begun;
        while (clock.nanoTime() - begun < LONGEST.toNanos()) {
            if (!waitedFor.getAsBoolean()) {
                return Held.LEFT;
            }
            Map<String, Phase> phases = new HashMap<>();
            // A drain that only pretends says nothing of what is in flight.
            drains.get().forEach(drain -> phases.put(drain.server(), drain.dryRun() ? Phase.OPEN : drain.phase()));
            List<LocalServer> going = meant.stream()
                    .filter(local -> !isOver(phases.get(local.server().name())))
                    .toList();
            if (going.isEmpty()) {
                return Held.DRAINED;
            }
            boolean open = going.stream().allMatch(local -> phases.get(local.server().name()) == Phase.OPEN);
            if (!open || !going.stream().allMatch(this::pollIdle)) {
                busyAt = clock.nanoTime();
            }
            long now = clock.nanoTime();
            if (now - begun >= SETTLE.toNanos() && now - busyAt >= QUIET.toNanos()) {
                return Held.IDLE;
            }
            clock.sleep(LOOK);
        }
        return Held.TOO_LONG;
    }

    /** A server that is gone, or whose drain has come to its stop, holds no hook. */
    private static boolean isOver(@Nullable Phase phase) {
        return phase == null || phase == Phase.STOPPING || phase == Phase.STOPPED
                || phase == Phase.WITHDRAWN_AFTER_STOP;
    }

    /** However many hooks wait for it, a server is asked five times a second at most. */
    private boolean pollIdle(LocalServer local) {
        return readings.computeIfAbsent(local.server().name(), name -> new Reading()).poll(local);
    }

    /** The last reading of one server. A pod of the same name that comes later is read by its own probe. */
    private final class Reading {
        private @Nullable LocalServer read; // guarded by this
        private long at; // guarded by this
        private boolean idle; // guarded by this

        /** Whether it is idle; asks the server unless it was asked a moment ago. */
        synchronized boolean poll(LocalServer local) {
            if (!local.equals(read) || clock.nanoTime() - at >= LOOK.toNanos()) {
                idle = switch (local.server().probe().read(READ_BOUND)) {
                    case InFlight.Exact(int count) -> count == 0;
                    case InFlight.Gauged gauged -> gauged.count() == 0;
                    case InFlight.Unclear _,InFlight.Unobservable _ -> false;
                };
                read = local;
                at = clock.nanoTime();
            }
            return idle;
        }
    }
}
