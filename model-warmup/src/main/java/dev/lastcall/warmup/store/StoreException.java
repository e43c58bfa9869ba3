// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.time.Duration;

import dev.lastcall.warmup.text.SafeText;
import org.jspecify.annotations.Nullable;

/** A store did not give what was asked. The message names the object, what came back and, where one is known, the mend. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String message;
    private final StoreProblem problem;
    private final Duration retryAfter;

    /** Without a wish of the store when to come back. */
    public StoreException(StoreProblem problem, String message) {
        this(problem, message, Duration.ZERO, null);
    }

    /** With the cause that the network gave. */
    public StoreException(StoreProblem problem, String message, @Nullable Throwable cause) {
        this(problem, message, Duration.ZERO, cause);
    }

    /** With the store's wish when to come back, already capped; zero for none. */
    public StoreException(StoreProblem problem, String message, Duration retryAfter, @Nullable Throwable cause) {
        super(SafeText.of(message), cause);
        this.message = SafeText.of(message);
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** What is wrong. */
    public StoreProblem problem() {
        return problem;
    }

    /** How long the store wants to be left alone; zero where it does not say. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
