// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.lastcall.warmup.retry.Backoff;
import dev.lastcall.warmup.retry.Pause;
import dev.lastcall.warmup.store.StoreException;

/** Repeats a small call while its failure is a passing one: few times, with growing, jittered pauses. */
public final class ControlCalls {

    private static final int ATTEMPTS = 5;
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(300), Duration.ofSeconds(5));

    private ControlCalls() {}

    /** Something that asks a store. */
    @FunctionalInterface
    public interface Attempt<T> {
        T run() throws StoreException, InterruptedException;
    }

    /** The first success, or the failure of the last attempt. */
    public static <T> T repeat(Attempt<T> attempt) throws StoreException, InterruptedException {
        for (int failures = 1;; failures++) {
            try {
                return attempt.run();
            } catch (StoreException e) {
                if (!e.problem().isTransient() || failures == ATTEMPTS) {
                    throw e;
                }
                Duration pause = BACKOFF.after(failures, ThreadLocalRandom.current());
                Pause.of(pause.compareTo(e.retryAfter()) > 0 ? pause : e.retryAfter());
            }
        }
    }
}
