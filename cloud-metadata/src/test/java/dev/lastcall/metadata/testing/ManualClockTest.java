// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ManualClockTest {

    private final ManualClock clock = new ManualClock();

    @Test
    void sleeperWakesWhenTheClockHasMovedFarEnough() throws InterruptedException {
        AtomicInteger woken = new AtomicInteger();
        Thread sleeper = Thread.ofVirtual().start(() -> {
            try {
                clock.sleep(Duration.ofSeconds(10));
                woken.incrementAndGet();
            } catch (InterruptedException e) {
                woken.set(-1);
            }
        });
        clock.awaitSleepers(1);
        clock.advance(Duration.ofMillis(9_999));
        assertThat(clock.sleepers()).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        sleeper.join();

        assertThat(woken).hasValue(1);
        assertThat(clock.wallTime()).isEqualTo(ManualClock.START.plusSeconds(10));
    }

    @Test
    void runsAThreadFromWakeUpToWakeUp() throws InterruptedException {
        AtomicInteger ticks = new AtomicInteger();
        Thread ticker = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    clock.sleep(Duration.ofSeconds(1));
                    ticks.incrementAndGet();
                }
            } catch (InterruptedException e) {
                ticks.addAndGet(1_000_000);
            }
        });
        clock.run(Duration.ofHours(1), 1);
        assertThat(ticks).hasValue(3600);

        ticker.interrupt();
        ticker.join();
        assertThat(ticks).hasValue(1_003_600);
        assertThat(clock.sleepers()).isZero();
    }

    @Test
    void steppingTheCalendarMovesNoDeadline() {
        long before = clock.nanoTime();
        clock.stepWallTime(Duration.ofHours(-1));

        assertThat(clock.nanoTime()).isEqualTo(before);
        assertThat(clock.wallTime()).isEqualTo(ManualClock.START.minusSeconds(3600));
    }

    @Test
    void sleepIntoThePastReturnsAtOnceUnlessInterrupted() throws InterruptedException {
        clock.sleepUntil(clock.nanoTime());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> clock.sleepUntil(clock.nanoTime())).isInstanceOf(InterruptedException.class);
    }
}
