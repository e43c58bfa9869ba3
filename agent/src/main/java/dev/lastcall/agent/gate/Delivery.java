// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of an answer on their way to the client. They are sent when the kernel has sent them, not when it has taken
 * them: what waits in a socket for a client to read on is lost with its node. Where the node is about to go, packets on their
 * way count as little: then the answer is sent when the client's kernel has acknowledged it. Confined to the event loop.
 */
final class Delivery {

    /** So much of an answer goes out with the first packets, which need no word from the client. */
    private static final long FIRST_FLIGHT_BYTES = 8 * 1024;

    /** Learns what became of an answer. */
    @FunctionalInterface
    interface Listener {

        /** Takes whether the client has it, or it is on its way. */
        void delivered(boolean sent);
    }

    private final Channel channel;
    private final WriteBuffer out;
    private @Nullable Listener then;
    private boolean exact;
    private boolean sentAtEnd;

    Delivery(Channel channel, WriteBuffer out) {
        this.channel = channel;
        this.out = out;
    }

    /**
     * Writes what is left.
     *
     * @param exact whether the node is about to go: small answers are asked about too, and what is sent is not yet received
     * @param next  receives whether the client got it
     * @param await called if that is not known yet, and {@link #look} is to be called until it is
     */
    void finish(boolean exact, Listener next, Runnable await) {
        out.finish().addListener(written -> {
            boolean asks = out.takeHanded() > FIRST_FLIGHT_BYTES || exact;
            this.exact = exact;
            if (asks && written.isSuccess() && !isWith(SocketState.of(channel))) {
                then = next;
                await.run();
            } else {
                next.delivered(written.isSuccess());
            }
        });
    }

    /** Whether all of an answer is the kernel's and some of it waits for its client to read on. */
    boolean isUnderWay() {
        return then != null;
    }

    /** Looks whether the kernel has sent what it was given; true if this is over. */
    boolean look() {
        Listener next = then;
        if (next == null) {
            return true;
        }
        SocketState state = SocketState.of(channel);
        if (!isWith(state) && !state.isReset()) {
            return false;
        }
        then = null;
        next.delivered(!state.isReset());
        return true;
    }

    /** Whether the client has what it was sent, as surely as is asked. */
    private boolean isWith(SocketState state) {
        return exact ? state.isAcknowledged() : state.isSent();
    }

    /** The client ends its side; whether it has everything by then can only be seen before the channel closes. */
    void noteEnd() {
        sentAtEnd = then != null && isWith(SocketState.of(channel));
    }

    /** The channel is closed. A client that had everything before it left got its answer. */
    void end() {
        Listener next = then;
        if (sentAtEnd && next != null) {
            then = null;
            next.delivered(true);
        }
    }

    /** The exchange does not wait for it any more. */
    void forget() {
        then = null;
    }
}
