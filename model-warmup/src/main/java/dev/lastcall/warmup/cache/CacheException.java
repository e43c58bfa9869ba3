// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Words;
import org.jspecify.annotations.Nullable;

/** The cache cannot do what was asked. */
public final class CacheException extends Exception implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;
    private final String message;
    private final Reason reason;

    /** Why. */
    public enum Reason {
        /** Not enough room, and nothing that may be forgotten. */
        FULL,
        /** Something lies in the cache that we did not put there, or a name that is not allowed. */
        REFUSED,
        /** Another process took the work over. */
        LOST
    }

    CacheException(Reason reason, Failure failure, @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
        this.message = Words.of(failure).line();
        this.reason = reason;
    }

    @Override
    public String getMessage() {
        return message;
    }

    @Override
    public Failure failure() {
        return failure;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
