// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import org.jspecify.annotations.Nullable;

/** An address, a name or a setting that cannot be one. */
public final class AddressException extends IllegalArgumentException implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /** Of that failure. */
    public AddressException(Failure failure, @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
    }

    @Override
    public Failure failure() {
        return failure;
    }
}
