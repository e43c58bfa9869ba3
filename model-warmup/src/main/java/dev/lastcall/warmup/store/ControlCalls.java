// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Repeats a small call while its failure is a passing one: few times, with growing, jittered pauses. */
public final class ControlCalls {

    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

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
                long pause = FIRST_PAUSE.toMillis() << (failures - 1);
                long jittered = ThreadLocalRandom.current().nextLong(pause / 2, pause + pause / 2);
                Pause.of(Duration.ofMillis(Math.max(jittered, e.retryAfter().toMillis())));
            }
        }
    }
}
