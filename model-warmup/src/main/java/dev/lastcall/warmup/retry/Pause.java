// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.retry;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits that an interruption ends. */
public final class Pause {

    private Pause() {}

    /** Waits for so long. */
    public static void of(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(left);
        }
    }
}
