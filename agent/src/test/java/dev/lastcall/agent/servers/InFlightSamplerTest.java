// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InFlightSamplerTest {

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger readings = new AtomicInteger();

    private InFlightProbe probe(boolean keepsAwake) {
        return new InFlightProbe() {
            @Override
            public InFlight read(Duration bound) {
                readings.incrementAndGet();
                return new InFlight.Gauged(3);
            }

            @Override
            public boolean keepsAwake() {
                return keepsAwake;
            }
        };
    }

    private InFlight after(int minutes, InFlightProbe probe) throws InterruptedException {
        try (InFlightSampler watch = new InFlightSampler("llama", probe, false, clock, LoopObserver.NONE)) {
            watch.start();
            for (int i = 0; i < minutes * 6; i++) {
                clock.awaitSleepers(1);
                clock.advance(Duration.ofSeconds(10));
            }
            clock.awaitSleepers(1);
            return watch.newest();
        }
    }

    @Test
    void gaugesThatCountAsUseAreReadOnceAndNotAgain() throws InterruptedException {
        assertThat(after(10, probe(true))).isInstanceOf(InFlight.Unclear.class);
        assertThat(readings).hasValue(1);
    }

    @Test
    void otherGaugesAreKeptUpToDate() throws InterruptedException {
        assertThat(after(1, probe(false))).isEqualTo(new InFlight.Gauged(3));
        assertThat(readings).hasValueGreaterThan(5);
    }
}
