// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** An error of this machine, its files or its settings, that is known for what it is. */
public final class LocalException extends IOException implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /** Of that failure. */
    public LocalException(Failure failure, @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
    }

    @Override
    public Failure failure() {
        return failure;
    }
}
