// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.agent.api.PreStopHold;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PreStopWaiterTest {

    private final SteppingClock clock = new SteppingClock();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<LocalServer> servers = List.of(local("a", 1), local("b", 0));
    private final PreStopWaiter preStopWaiter = new PreStopWaiter(() -> servers,
            () -> List.of(open("a"), open("b")), clock);

    @Test
    void hooksOfOneServerShareItsReadings() {
        for (int hook = 0; hook < 100; hook++) {
            var looks = new AtomicInteger();
            assertThat(preStopWaiter.hold("a", () -> looks.incrementAndGet() < 2)).isEqualTo(PreStopHold.Held.LEFT);
            clock.now -= Duration.ofMillis(200).toNanos();
        }

        assertThat(reads).hasValue(1);
    }

    @Test
    void aHookIsLetGoWhenItsServerHasSettledAndBeenQuiet() {
        long begun = clock.now;

        assertThat(preStopWaiter.hold("b", () -> true)).isEqualTo(PreStopHold.Held.IDLE);

        assertThat(Duration.ofNanos(clock.now - begun)).isEqualTo(PreStopWaiter.SETTLE);
        assertThat(preStopWaiter.hold("c", () -> true)).isEqualTo(PreStopHold.Held.UNKNOWN);
    }

    @Test
    void aHookOfABusyServerIsHeldForAnHourAtMost() {
        long begun = clock.now;

        assertThat(preStopWaiter.hold(PreStopHold.ALL, () -> true)).isEqualTo(PreStopHold.Held.TOO_LONG);

        assertThat(Duration.ofNanos(clock.now - begun)).isEqualTo(PreStopWaiter.LONGEST);
    }

    private LocalServer local(String name, int inFlight) {
        var server = new InferenceServer(name, () -> ServerKind.GENERIC, Door.NONE, bound -> {
            reads.incrementAndGet();
            return new InFlight.Exact(inFlight);
        }, Cutter.NONE, Stopper.NONE, StopNeeds.NOTHING_TO_STOP, RequestCounter.NONE, Restarter.NONE);
        return new LocalServer(server, "http://127.0.0.1:1", Optional.empty(),
                new InFlightSampler(name, server.probe(), true, clock, LoopObserver.NONE));
    }

    private static DrainSnapshot open(String name) {
        return new DrainSnapshot(name, ServerKind.GENERIC, Phase.OPEN, false, null, RequestCounter.Totals.UNKNOWN, null,
                null, Duration.ZERO, null, false);
    }

    /** Goes on by as much as is slept. */
    private static final class SteppingClock implements NodeClock {
        private long now = 1;

        @Override
        public Instant wallTime() {
            return Instant.EPOCH;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void sleepUntil(long nanoTime) {
            now = Math.max(now, nanoTime);
        }
    }
}
