// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

/**
 * What the sessions on one event loop of a gate work with.
 *
 * @param eventLoop  the event loop, which all of them are confined to
 * @param clock      the monotonic clock
 * @param bootstrap  makes connections to the server; without a handler
 * @param addresses  of the server
 * @param socket     what the kernel knows of a connection
 * @param retryAfter seconds that a refused client is asked to wait
 */
public record Http2Context(EventLoop eventLoop, LongSupplier clock, Http2Limits limits, StreamBooks books,
        SessionMemory memory, SessionLog log, ProbePaths paths, Supplier<Bootstrap> bootstrap,
        ServerAddresses addresses,
        SocketView socket, long retryAfter) {

    /** What the kernel knows of a connection. */
    @FunctionalInterface
    public interface SocketView {

        /** Whether the peer has all that was written, or it is on its way to it. */
        boolean isSent(Channel channel);
    }

    long nanoTime() {
        return clock.getAsLong();
    }
}
