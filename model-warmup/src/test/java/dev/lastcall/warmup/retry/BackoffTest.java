// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.retry;

import java.time.Duration;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {

    @Test
    void pausesGrowAreCappedAndSpread() {
        Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(10));
        SplittableRandom random = new SplittableRandom(1);

        assertThat(backoff.after(1, random)).isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
        assertThat(backoff.after(4, random)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(backoff.after(1_000_000, random)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        assertThat(random.ints(20).mapToObj(_ -> backoff.after(9, random)).distinct().count()).isGreaterThan(1);
    }
}
