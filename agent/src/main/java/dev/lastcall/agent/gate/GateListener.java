// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;

/**
 * The socket that a gate listens on. It can stop listening and begin again without giving its port away, also where systemd
 * holds the same socket: Linux takes a listening socket that is shut for reading out of listening and leaves it bound.
 * Thread-safe; {@link #refuse} and {@link #accept} do not block.
 *
 * <p>On the JDK's own sockets {@link #refuse} does nothing: a connection is accepted then, and its requests are refused.
 */
final class GateListener {

    private static final int ADDRESS_BYTES = 50;
    /** More than the kernel's queue may hold, so that a flood of clients cannot keep this busy. */
    private static final int MOST_WAITING = 8192;

    private final Channel channel;
    private final InetSocketAddress address;
    private final EventLoop loop;
    private boolean refusing; // guarded by this

    GateListener(Channel channel) {
        this.channel = channel;
        if (!(channel.localAddress() instanceof InetSocketAddress bound)) {
            throw new IllegalStateException("the gate does not listen");
        }
        this.address = bound;
        this.loop = channel.eventLoop();
    }

    /** Where it listens, or did. */
    InetSocketAddress address() {
        return address;
    }

    /** The socket's descriptor; empty where it is closed, or one of the JDK's own. */
    OptionalInt descriptor() {
        return channel instanceof EpollServerSocketChannel epoll && epoll.isOpen()
                ? OptionalInt.of(epoll.fd().intValue())
                : OptionalInt.empty();
    }

    /** From now on the kernel refuses clients that connect; those that wait to be accepted are accepted first. */
    void refuse() {
        if (!(channel instanceof EpollServerSocketChannel epoll) || !setRefusing(true)) {
            return;
        }
        loop.execute(() -> {
            if (isRefusing() && epoll.isRegistered()) {
                // A socket that does not listen reports an event without end.
                epoll.deregister().addListener(out -> leaveOrGoOn(epoll));
            }
        });
    }

    /**
     * Clients that connect are accepted from now on, also where an earlier process left the socket refusing them.
     *
     * @throws IllegalStateException if another process listens on the port by now
     */
    synchronized void accept() {
        if (!(channel instanceof EpollServerSocketChannel epoll) || !epoll.isOpen()) {
            return;
        }
        try {
            new Socket(epoll.fd().intValue()).listen(GateLoops.BACKLOG);
        } catch (IOException e) {
            throw new IllegalStateException("the gate cannot listen on " + address + " again: " + e.getMessage()
                    + "; does another process listen there?", e);
        }
        refusing = false;
        loop.execute(() -> {
            if (!epoll.isRegistered()) {
                register(epoll);
            }
        });
    }

    /** Listens no more, for good. Waits until that is done, for a bounded time. */
    void close(Duration bound) {
        channel.close().awaitUninterruptibly(bound.toMillis());
    }

    private synchronized boolean setRefusing(boolean wanted) {
        boolean changes = refusing != wanted;
        refusing = wanted;
        return changes;
    }

    private synchronized boolean isRefusing() {
        return refusing;
    }

    private void leaveOrGoOn(EpollServerSocketChannel epoll) {
        if (!epoll.isOpen()) {
            return;
        }
        Socket socket = new Socket(epoll.fd().intValue());
        acceptWaiting(epoll, socket);
        synchronized (this) {
            if (refusing) {
                leaveListening(socket);
                return;
            }
        }
        register(epoll);
    }

    private static void acceptWaiting(EpollServerSocketChannel epoll, Socket listening) {
        byte[] from = new byte[ADDRESS_BYTES];
        try {
            for (int i = 0; i < MOST_WAITING; i++) {
                int accepted = listening.accept(from);
                if (accepted < 0) {
                    break;
                }
                epoll.pipeline().fireChannelRead(new EpollSocketChannel(accepted));
            }
        } catch (IOException notListening) {
            // An earlier process has left it so, or the client has gone again.
        }
        epoll.pipeline().fireChannelReadComplete();
    }

    /** Not by the channel's own socket, which would take itself for ended. */
    private void leaveListening(Socket socket) {
        try {
            socket.shutdown(true, false);
        } catch (IOException notListening) {
            // An earlier process has left it so.
        }
        try {
            // The kernel takes a port back that it chose itself; one that was asked for stays with the socket.
            socket.bind(address);
        } catch (IOException bound) {
            // It has its port still.
        }
    }

    private void register(EpollServerSocketChannel epoll) {
        var _ = loop.register(epoll);
    }
}
