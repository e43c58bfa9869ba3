// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.ConnectException;

import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;

/** No address of a host let itself be connected to. */
final class UnansweredException extends ConnectException implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /**
     * Of the last attempt.
     *
     * @param whose addresses they are
     * @param addresses all that were tried
     */
    UnansweredException(String whose, String addresses, Throwable last) {
        this(new Failure.NoAnswer("", Silences.silence(last), "no address of " + whose + " answers: " + addresses,
                StoreProblem.UNREACHABLE), last);
    }

    private UnansweredException(Failure failure, Throwable last) {
        super(Words.of(failure).line());
        this.failure = failure;
        initCause(last);
    }

    @Override
    public Failure failure() {
        return failure;
    }
}
