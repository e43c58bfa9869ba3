// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;

import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;

/** A proxy did not let the connection through, or cannot be one. */
public final class ProxyException extends IOException implements Failed {
    private static final long serialVersionUID = 1L;

    private static final int PASSWORD = 407;
    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;

    private final transient Failure failure;
    private final boolean isRefusal;

    ProxyException(Failure failure, boolean isRefusal) {
        super(Words.of(failure).line());
        this.failure = failure;
        this.isRefusal = isRefusal;
    }

    /**
     * What a status of the proxy's own means.
     *
     * @param call the request that it should have led on
     */
    public static ProxyException of(String call, HttpProxy proxy, int status) {
        boolean isRefusal = status >= 400 && status < 500 && status != TIMEOUT && status != TOO_MANY;
        Silence silence = status == PASSWORD
                ? Silence.PROXY_PASSWORD
                : isRefusal ? Silence.PROXY_REFUSES : Silence.PROXY_CANNOT;
        return new ProxyException(new Failure.NoAnswer(call, silence, proxy + " (" + status + ")",
                isRefusal ? StoreProblem.REFUSED : StoreProblem.UNREACHABLE), isRefusal);
    }

    @Override
    public Failure failure() {
        return failure;
    }

    /** Whether an operator must act; else the proxy could not reach the other side now. */
    public boolean isRefusal() {
        return isRefusal;
    }
}
