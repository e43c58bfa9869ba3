// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannel;

/**
 * What the kernel knows of a connection: Linux's {@code tcp_info}. Of Unix sockets and of the JDK's own nothing is known, and a
 * connection is taken for open and its bytes for delivered.
 *
 * @param state  the state of TCP
 * @param unsent bytes that wait in the kernel because the peer does not take them
 * @param unacknowledged packets that were sent and that the peer has not acknowledged
 */
record SocketState(int state, long unsent, long unacknowledged) {

    private static final int TCP_ESTABLISHED = 1;
    private static final int TCP_TIME_WAIT = 6;
    private static final int TCP_CLOSE = 7;
    private static final int TCP_CLOSE_WAIT = 8;
    private static final int TCP_LAST_ACK = 9;
    private static final int TCP_CLOSING = 11;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int UNACKED_AT = 24;
    private static final int NOTSENT_AT = 144;
    private static final int INFO_BYTES = NOTSENT_AT + Integer.BYTES;
    private static final RawUnixChannelOption INFO = new RawUnixChannelOption("LASTCALL_TCP_INFO", IPPROTO_TCP,
            TCP_INFO, INFO_BYTES);
    private static final SocketState UNKNOWN = new SocketState(TCP_ESTABLISHED, 0, 0);
    private static final SocketState CLOSED = new SocketState(TCP_CLOSE, 0, 0);

    static SocketState of(Channel channel) {
        if (!(channel instanceof EpollSocketChannel)) {
            return UNKNOWN;
        }
        try {
            ByteBuffer info = channel.config().getOption(INFO);
            return info == null || info.remaining() < INFO_BYTES ? UNKNOWN : read(info.order(ByteOrder.nativeOrder()));
        } catch (ChannelException closed) {
            return CLOSED;
        }
    }

    static SocketState read(ByteBuffer info) {
        return new SocketState(info.get(0), Integer.toUnsignedLong(info.getInt(NOTSENT_AT)),
                Integer.toUnsignedLong(info.getInt(UNACKED_AT)));
    }

    /** Whether nothing more will come from the peer than what is there. */
    boolean isEndedByPeer() {
        return switch (state) {
            case TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING, TCP_TIME_WAIT -> true;
            default -> false;
        };
    }

    /** Whether the connection is gone without having been ended in order. */
    boolean isReset() {
        return state == TCP_CLOSE;
    }

    /** Whether the peer has all that was written, or it is on its way to it. */
    boolean isSent() {
        return unsent == 0;
    }

    /** Whether the peer's kernel has all that was written. */
    boolean isAcknowledged() {
        return unsent == 0 && unacknowledged == 0;
    }

    /**
     * Whether nothing at all waits to be read, not even an end; takes a byte if there is one, so the connection is of no
     * use any more when the answer is no.
     */
    static boolean isQuiet(Channel channel, ByteBuffer scratch) {
        if (!(channel instanceof UnixChannel epoll)) {
            return true;
        }
        try {
            return epoll.fd().read(scratch, 0, 1) == 0;
        } catch (IOException broken) {
            return false;
        }
    }
}
