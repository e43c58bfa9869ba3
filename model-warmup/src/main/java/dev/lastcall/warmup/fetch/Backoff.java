// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: doubling, capped, and spread so that workers do not come back together. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration CAP = Duration.ofSeconds(10);
    private static final int MAX_DOUBLINGS = 10;

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** After that many failures in a row, at least one: between half and the whole of the doubled pause. */
    Duration after(int failures) {
        long pause = Math.min(CAP.toNanos(), FIRST.toNanos() << Math.min(failures - 1, MAX_DOUBLINGS));
        return Duration.ofNanos(pause / 2 + random.nextLong(pause / 2 + 1));
    }
}
