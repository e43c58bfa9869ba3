// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: at random from half of a bound up to it, which doubles with each failure, so that
 * workers do not come back together. Immutable.
 *
 * @param first the first bound
 * @param cap the last bound
 */
public record Backoff(Duration first, Duration cap) {

    private static final int MOST_DOUBLINGS = 20;

    /**
     * The pause before the next attempt.
     *
     * @param failures in a row, at least one
     * @param random for the spread
     */
    public Duration after(int failures, RandomGenerator random) {
        long bound = Math.min(cap.toNanos(), first.toNanos() << Math.min(failures - 1, MOST_DOUBLINGS));
        return Duration.ofNanos(bound - random.nextLong(bound / 2 + 1));
    }
}
