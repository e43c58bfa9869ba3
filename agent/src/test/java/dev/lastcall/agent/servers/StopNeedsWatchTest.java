// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StopNeedsWatchTest {

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<List<String>> commandLine = new AtomicReference<>(List.of());
    private final AtomicReference<ServerKind> kind = new AtomicReference<>(ServerKind.GENERIC);

    private final Stopper stopper = new Stopper() {
        @Override
        public Outcome terminate(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public Outcome kill(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public List<String> commandLine() {
            asked.incrementAndGet();
            return commandLine.get();
        }
    };

    @Test
    void followsTheKindAndTheFlagsOfTheProcess() throws InterruptedException {
        try (var watch = new StopNeedsWatch("llama", kind::get, stopper, clock, LoopObserver.NONE)) {
            watch.start();
            clock.awaitSleepers(1);
            assertThat(watch.get()).isEqualTo(StopNeeds.PROMPT);

            kind.set(ServerKind.SGLANG);
            assertThat(watch.get()).isEqualTo(Kinds.of(ServerKind.SGLANG).stop());
            assertThat(asked).hasValue(0);

            kind.set(ServerKind.VLLM);
            commandLine.set(List.of("vllm", "serve", "m", "--shutdown-timeout", "20"));
            assertThat(watch.get()).isEqualTo(StopNeeds.PROMPT);
            clock.advance(StopNeedsWatch.INTERVAL);
            clock.awaitSleepers(1);

            assertThat(watch.get()).isEqualTo(StopNeeds.vllm(Duration.ofSeconds(20)));
        }
    }
}
