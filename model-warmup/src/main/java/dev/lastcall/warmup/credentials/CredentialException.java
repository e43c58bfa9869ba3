// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;
import org.jspecify.annotations.Nullable;

/** No credentials could be had. */
public final class CredentialException extends Exception implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure.NoCredentials failure;

    /** Of that failure. */
    public CredentialException(Failure.NoCredentials failure) {
        this(failure, null);
    }

    /** With what was noticed first. */
    public CredentialException(Failure.NoCredentials failure, @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
    }

    /** Without a failure of another kind behind it. */
    public CredentialException(String where, CredentialFault fault, String detail) {
        this(new Failure.NoCredentials(where, fault, detail));
    }

    /** Of a failure of another kind, such as that of a request. */
    public <E extends Exception & Failed> CredentialException(String where, CredentialFault fault, E cause) {
        this(new Failure.NoCredentials(where, fault, cause.failure()), cause);
    }

    @Override
    public Failure.NoCredentials failure() {
        return failure;
    }

    /** Whether the same may well work later. */
    public boolean isTransient() {
        return failure.fault().isTransient();
    }

    /** What it is to a store that needs them. */
    public Failure.OfStore at(String store) {
        return new Failure.Within(store, failure, isTransient() ? StoreProblem.UNREACHABLE : StoreProblem.REFUSED);
    }
}
