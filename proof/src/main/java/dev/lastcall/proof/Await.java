// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.lastcall.metadata.NodeClock;

/** Waits for a condition, never for longer than a bound. */
public final class Await {

    private static final Duration PACE = Duration.ofMillis(20);

    private Await() {}

    /**
     * Waits until {@code condition} holds.
     *
     * @throws IllegalStateException if {@code bound} was not enough
     */
    public static void until(String what, Duration bound, BooleanSupplier condition) throws InterruptedException {
        if (!within(bound, condition)) {
            throw new IllegalStateException("waited " + bound.toSeconds() + " s without success until " + what);
        }
    }

    /** Waits until {@code condition} holds; false if {@code bound} was not enough. */
    public static boolean within(Duration bound, BooleanSupplier condition) throws InterruptedException {
        NodeClock clock = NodeClock.system();
        long end = clock.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (clock.nanoTime() - end > 0) {
                return false;
            }
            clock.sleep(PACE);
        }
        return true;
    }
}
