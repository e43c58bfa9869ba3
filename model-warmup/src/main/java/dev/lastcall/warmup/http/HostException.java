// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.UnknownHostException;

import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;

/** There is no address for a host's name, or none that may be asked. */
final class HostException extends UnknownHostException implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    HostException(Silence silence, String host) {
        this(new Failure.NoAnswer("", silence, host, StoreProblem.UNREACHABLE));
    }

    private HostException(Failure failure) {
        super(Words.of(failure).line());
        this.failure = failure;
    }

    @Override
    public Failure failure() {
        return failure;
    }
}
