// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after so many failures in a row: doubling, capped, spread so that nodes do not come back together. */
enum RetryDelays {
    /** What failed may pass by itself: a store that comes back is noticed soon. */
    MAY_PASS(Duration.ofSeconds(2), Duration.ofMinutes(1)),

    /** A person must fix something, and may have done so. A wrong request is not sent often, to spare the store. */
    NEEDS_A_FIX(Duration.ofSeconds(30), Duration.ofMinutes(10)),

    /** The model is warm already, and only whether it is the newest version is open. */
    STANDING(Duration.ofSeconds(5), Duration.ofMinutes(5));

    private static final int MAX_DOUBLINGS = 10;

    private final Duration first;
    private final Duration longest;

    RetryDelays(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    /** At most this long. */
    Duration longest() {
        return longest;
    }

    /**
     * Between half and the whole of the doubled pause.
     *
     * @param failures in a row, at least one
     */
    Duration after(int failures, RandomGenerator random) {
        long doubled = first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS)).toNanos();
        long bound = Math.min(doubled, longest.toNanos());
        return Duration.ofNanos(random.nextLong(bound / 2, bound + 1));
    }
}
