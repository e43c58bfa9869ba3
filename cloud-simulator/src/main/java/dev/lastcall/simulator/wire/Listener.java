// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The listening socket, which can go away and come back on the same port. Accepts on a thread of its own in blocking
 * mode, because such a socket has gone from the wire when its thread has ended; with a socket that sits in a selector
 * one cannot tell. Confined to the event loop but for the accepting.
 */
final class Listener implements AutoCloseable {

    private static final long ACCEPT_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int BACKLOG = 256;
    /** The thread wakes at once when its socket is closed; this only bounds a defect. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private record Listening(ServerSocketChannel socket, Thread thread) {}

    private final InetSocketAddress address;
    private final Optional<SocketChannel> placeholder;
    private final Consumer<SocketChannel> acceptor;
    private Optional<Listening> open = Optional.empty();

    /**
     * Reserves the port.
     *
     * @throws IOException if it cannot be had
     */
    Listener(InetSocketAddress wanted, Consumer<SocketChannel> acceptor) throws IOException {
        this.acceptor = acceptor;
        SocketChannel reserved = SocketChannel.open();
        try {
            reserved.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            reserved.bind(wanted);
            address = (InetSocketAddress) reserved.getLocalAddress();
        } catch (IOException e) {
            reserved.close();
            throw e;
        }
        placeholder = listenBeside(reserved);
    }

    /**
     * Listens on the port of a bound socket that does not listen itself. Kept, that socket holds the port while the
     * listener is away, and refuses connections. Linux lets both have the port; where that is not so, it makes way.
     */
    private Optional<SocketChannel> listenBeside(SocketChannel reserved) throws IOException {
        try {
            open = Optional.of(listen(address));
            return Optional.of(reserved);
        } catch (BindException e) {
            reserved.close();
            open = Optional.of(listen(address));
            return Optional.empty();
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** Listens, or refuses; no effect when it already does. */
    void setOpen(boolean wanted) {
        try {
            if (wanted && open.isEmpty()) {
                open = Optional.of(listen(address));
            } else if (!wanted && open.isPresent()) {
                Listening ending = open.get();
                open = Optional.empty();
                ending.socket().close();
                // until then a connection could still slip in
                ending.thread().join(FAREWELL);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("listening on " + address + " again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Listening listen(InetSocketAddress where) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(where, BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new Listening(socket, Thread.ofPlatform()
                .daemon()
                .name("simulator-accept-" + where.getPort())
                .start(() -> accept(socket)));
    }

    private void accept(ServerSocketChannel socket) {
        while (socket.isOpen()) {
            try {
                hand(socket.accept());
            } catch (IOException e) {
                if (socket.isOpen()) {
                    // out of file descriptors, which passes
                    LockSupport.parkNanos(ACCEPT_RETRY_NANOS);
                }
            }
        }
    }

    private void hand(SocketChannel client) throws IOException {
        try {
            acceptor.accept(client);
        } catch (RuntimeException e) {
            // the event loop has ended, or the socket is broken already
            client.close();
        }
    }

    @Override
    public void close() {
        setOpen(false);
        placeholder.ifPresent(reserved -> {
            try {
                reserved.close();
            } catch (IOException e) {
                throw new UncheckedIOException("releasing " + address, e);
            }
        });
    }
}
