// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.time.Duration;

import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;
import org.jspecify.annotations.Nullable;

/** A store did not give what was asked. */
public final class StoreException extends Exception implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure.OfStore failure;
    private final String message;
    private final StoreProblem problem;
    private final Duration retryAfter;

    /** Of that failure. */
    public StoreException(Failure.OfStore failure) {
        this(failure, failure.problem(), Duration.ZERO, null);
    }

    /** With the cause that the network or the disk gave. */
    public StoreException(Failure.OfStore failure, @Nullable Throwable cause) {
        this(failure, failure.problem(), Duration.ZERO, cause);
    }

    /** With the store's wish when to come back, already capped; zero for none. */
    public StoreException(Failure.OfStore failure, Duration retryAfter) {
        this(failure, failure.problem(), retryAfter, null);
    }

    private StoreException(Failure.OfStore failure, StoreProblem problem, Duration retryAfter,
            @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
        this.message = Words.of(failure).line();
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    /** The same where it is not waited for any more. */
    public StoreException forGood() {
        return new StoreException(failure, StoreProblem.UNSUPPORTED, Duration.ZERO, this);
    }

    @Override
    public String getMessage() {
        return message;
    }

    @Override
    public Failure.OfStore failure() {
        return failure;
    }

    /** What is wrong, by what must come of it. */
    public StoreProblem problem() {
        return problem;
    }

    /** How long the store wants to be left alone; zero where it does not say. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
