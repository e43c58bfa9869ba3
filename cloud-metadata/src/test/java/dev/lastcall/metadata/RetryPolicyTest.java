// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryPolicyTest {

    private final RandomGenerator random = new SplittableRandom(1);

    @ParameterizedTest
    @CsvSource({"PT0.1S, PT2S", "PT30S, PT10M", "PT1S, PT1S"})
    void aPauseIsBetweenHalfAndTheWholeOfABoundThatDoublesUpToTheCap(Duration first, Duration cap) {
        RetryPolicy policy = new RetryPolicy(first, cap);
        Duration bound = first;
        for (int failures = 1; failures <= 100; failures++) {
            assertThat(policy.after(failures, random)).as("after %d failures", failures)
                    .isBetween(bound.dividedBy(2), bound);
            bound = bound.multipliedBy(2).compareTo(cap) < 0 ? bound.multipliedBy(2) : cap;
        }
        assertThat(policy.after(Integer.MAX_VALUE, random)).isBetween(cap.dividedBy(2), cap);
    }

    @Test
    void nodesThatFailTogetherDoNotComeBackTogether() {
        RetryPolicy policy = new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8));
        Set<Duration> pauses = new HashSet<>();
        for (int node = 0; node < 100; node++) {
            pauses.add(policy.after(3, random));
        }
        assertThat(pauses).hasSizeGreaterThan(90);
    }
}
