// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryDelaysTest {

    @ParameterizedTest
    @EnumSource(RetryDelays.class)
    void pausesGrowAreSpreadAndCapped(RetryDelays retryDelays) {
        RandomGenerator random = RandomGenerator.getDefault();
        Duration longestFirst = Duration.ZERO;
        for (int failures = 1; failures < 2000; failures = failures * 2 + 1) {
            Duration pause = retryDelays.after(failures, random);
            assertThat(pause).isPositive().isLessThanOrEqualTo(retryDelays.longest());
            longestFirst = failures == 1 ? pause : longestFirst;
            if (failures > 12) {
                assertThat(pause).isGreaterThanOrEqualTo(retryDelays.longest().dividedBy(2))
                        .isGreaterThan(longestFirst);
            }
        }
        assertThat(random.ints(20).mapToObj(seed -> retryDelays.after(3, random)).distinct().count()).isGreaterThan(1);
    }

    @Test
    void aStoreThatComesBackIsNoticedWithinAMinute() {
        assertThat(RetryDelays.MAY_PASS.longest()).isEqualTo(Duration.ofMinutes(1));
    }
}
