// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.time.Duration;
import java.util.List;

import dev.lastcall.warmup.WarmupReport.Limit;
import dev.lastcall.warmup.fetch.FetchProgress;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LimitTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final double IDLE = 0.2;
    private static final double BUSY = 0.97;

    private static FetchProgress fetched(FetchProgress.Spent spent, int throttled) {
        return new FetchProgress(1, 1, 1 << 30, 1 << 30, 0, 1 << 30, 64, 0, throttled, 0, 8, 8, spent, List.of());
    }

    private static FetchProgress.Spent spent(long flushing, long reading, long writing, long backingOff, long limited) {
        return new FetchProgress.Spent(MINUTE, flushing, reading, writing, backingOff, limited);
    }

    @Test
    void workersThatWaitForBytesMetTheNetwork() {
        assertThat(Limit.met(fetched(spent(0, 7 * MINUTE, MINUTE, 0, 0), 0), IDLE)).isEqualTo(Limit.NETWORK);
    }

    @Test
    void workersThatWaitInWritesMetTheDisk() {
        assertThat(Limit.met(fetched(spent(0, MINUTE, 7 * MINUTE, 0, 0), 0), IDLE)).isEqualTo(Limit.DISK);
    }

    @Test
    void aFlushThatTakesAThirdOfTheTimeIsTheDisk() {
        assertThat(Limit.met(fetched(spent(MINUTE / 3, 7 * MINUTE, MINUTE, 0, 0), 0), IDLE)).isEqualTo(Limit.DISK);
    }

    @Test
    void writesThatWaitForAProcessorAreNotTheDisk() {
        assertThat(Limit.met(fetched(spent(0, MINUTE, 7 * MINUTE, 0, 0), 0), BUSY)).isEqualTo(Limit.CPU);
    }

    @Test
    void aStoreThatAskedForLessIsTheLimitOnlyIfThatCostTime() {
        assertThat(Limit.met(fetched(spent(0, 4 * MINUTE, MINUTE, 3 * MINUTE, 0), 9), IDLE)).isEqualTo(Limit.STORE);
        assertThat(Limit.met(fetched(spent(0, 7 * MINUTE, MINUTE, MINUTE / 9, 0), 9), IDLE)).isEqualTo(Limit.NETWORK);
    }

    @Test
    void theConfiguredLimitComesFirst() {
        assertThat(Limit.met(fetched(spent(0, MINUTE, MINUTE, 0, 6 * MINUTE), 0), BUSY)).isEqualTo(Limit.CONFIGURED);
    }

    @Test
    void nothingIsSaidOfAMoment() {
        long half = Duration.ofMillis(500).toNanos();
        var moment = new FetchProgress.Spent(half, 0, half, 7 * half, 0, 0);

        assertThat(Limit.met(fetched(moment, 0), BUSY)).isEqualTo(Limit.UNKNOWN);
    }

    @Test
    void processorsAreBusyByTheirTicksOrByOurOwnTime() {
        long second = Duration.ofSeconds(1).toNanos();
        int processors = Runtime.getRuntime().availableProcessors();
        var before = new ProcessorTime(0, 0, 100, 1000);

        assertThat(before.busyUntil(new ProcessorTime(second, 0, 150, 1100))).isEqualTo(0.5);
        assertThat(before.busyUntil(new ProcessorTime(second, second * processors, 100, 1100))).isEqualTo(1.0);
        assertThat(before.busyUntil(new ProcessorTime(second, 0, 100, 1000))).as("where nothing is known").isZero();
    }

    @Test
    void thisMachinesTimeGoesOn() {
        ProcessorTime now = ProcessorTime.now();

        assertThat(now.own()).isPositive();
        assertThat(now.machineAll()).isGreaterThanOrEqualTo(now.machineBusy());
    }
}
