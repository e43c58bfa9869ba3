// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;

import dev.lastcall.warmup.failure.StoreProblem;

/**
 * How long one part may go on failing. What counts is progress: a store that lets a little through each time before it fails
 * is slow, not dead, but a few bytes are no progress. Confined to a worker.
 */
final class RetryBudget {

    /** Less than this between two failures is none: a store could drip for ever. */
    private static final int PROGRESS_BYTES = 64 << 10;

    /** A contradiction does not pass by itself as an outage does. */
    private static final int MAX_CONTRADICTIONS = 5;

    private final Duration giveUpAfter;
    private int failures;
    private int contradictions;
    private long progressBytes;
    private long progressAt;

    RetryBudget(Duration giveUpAfter) {
        this.giveUpAfter = giveUpAfter;
    }

    /** A new part begins. */
    void begin(long nanoTime) {
        failures = 0;
        contradictions = 0;
        progressBytes = 0;
        progressAt = nanoTime;
    }

    /** Whether to go on after one more failure, with so many bytes of the part in place. */
    boolean endures(StoreProblem problem, long bytes, long nanoTime) {
        if (bytes - progressBytes >= PROGRESS_BYTES) {
            failures = 0;
            contradictions = 0;
            progressBytes = bytes;
            progressAt = nanoTime;
        }
        failures++;
        if (problem == StoreProblem.MALFORMED || problem == StoreProblem.EXPIRED) {
            contradictions++;
        }
        return contradictions < MAX_CONTRADICTIONS && nanoTime - progressAt < giveUpAfter.toNanos();
    }

    /** In a row, without progress. */
    int failures() {
        return failures;
    }
}
