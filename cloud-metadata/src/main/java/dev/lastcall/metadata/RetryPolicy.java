// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts at something that fails: at random from half of a bound up to it, where the bound doubles with each
 * failure. So the parts of a node, and the nodes of a cluster, do not come back in step. Immutable.
 *
 * @param first the first bound
 * @param cap the last bound
 */
public record RetryPolicy(Duration first, Duration cap) {

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

    /** The same with the thread's own random numbers. */
    public Duration after(int failures) {
        return after(failures, ThreadLocalRandom.current());
    }
}
