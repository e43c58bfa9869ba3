// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import io.netty.channel.unix.Errors;
import org.jspecify.annotations.Nullable;

/** The queue of connections of a server on a Unix socket. One of TCP lets clients wait for a place, this one does not. */
public final class UnixSocketQueue {

    /** Netty keeps the number of the error to itself, but has it in the message. */
    private static final String FULL = "error(" + Errors.ERRNO_EAGAIN_NEGATIVE + ")";

    private UnixSocketQueue() {}

    /** Whether a connection failed because the queue was full. */
    public static boolean isFull(@Nullable Throwable cause) {
        return cause != null && cause.getMessage() != null && cause.getMessage().contains(FULL);
    }
}
