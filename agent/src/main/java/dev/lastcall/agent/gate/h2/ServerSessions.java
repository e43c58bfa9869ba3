// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the server that one client's streams use: one, and more only where the server takes no more streams on it
 * or lets it go. No other client's streams are on them, so a client that does not read holds up its own only. Confined to the
 * event loop.
 */
final class ServerSessions implements ServerSession.Owner {

    /** Most connections to the server for one client; streams beyond what they carry wait for one that ends. */
    private static final int MOST_SESSIONS = 8;

    /** A stream that wants to go to the server. */
    interface Waiter {

        /** Whether it still does. */
        boolean wantsSession();

        /** Goes out on this connection. */
        void attach(ServerSession session);

        /** No connection can be made. */
        void unreachable(Throwable cause);
    }

    private final Http2Context context;
    private final FlushQueue flushes;
    private final List<ServerSession> sessions = new ArrayList<>(1);
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>(1);
    private boolean connecting;
    private boolean attaching;
    private long connectingSince;
    private @Nullable ServerSession fresh;
    private boolean closed;

    ServerSessions(Http2Context context, FlushQueue flushes) {
        this.context = context;
        this.flushes = flushes;
    }

    /** Finds a connection for a stream, at once or later. */
    void open(Waiter waiter) {
        waiting.add(waiter);
        attach();
    }

    private void attach() {
        if (attaching || closed) {
            return;
        }
        attaching = true;
        while (!waiting.isEmpty()) {
            ServerSession free = free();
            if (free == null) {
                break;
            }
            waiting.remove().attach(free);
        }
        attaching = false;
        if (waiting.stream().anyMatch(Waiter::wantsSession)) {
            if (!connecting && sessions.size() < MOST_SESSIONS) {
                connecting = true;
                connectingSince = context.nanoTime();
                connect(context.addresses().inOrder(), 0);
            }
        } else {
            waiting.clear();
        }
    }

    private @Nullable ServerSession free() {
        for (ServerSession session : sessions) {
            if (session.hasRoom()) {
                return session;
            }
        }
        return null;
    }

    /** A new connection is opened only after the events that epoll reported together with this one, as those of HTTP/1.1 are. */
    private void connect(List<SocketAddress> order, int tried) {
        context.eventLoop().execute(() -> {
            if (!closed) {
                connectNow(order, tried);
            }
        });
    }

    private void connectNow(List<SocketAddress> order, int tried) {
        SocketAddress address = order.get(tried);
        ServerSession session = new ServerSession(context.limits(), this, context.log(), flushes);
        fresh = session;
        context.bootstrap()
                .get()
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(session.handler());
                    }
                })
                .connect(address)
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        context.addresses().reached(address);
                        sessions.add(session);
                        if (closed) {
                            session.close();
                        }
                    } else if (tried + 1 < order.size()) {
                        connect(order, tried + 1);
                    } else {
                        failed(connected.cause());
                    }
                });
    }

    private void failed(@Nullable Throwable cause) {
        connecting = false;
        fresh = null;
        Throwable why = cause == null ? new IOException("closed at once") : cause;
        context.log().serverUnreachable(why);
        List<Waiter> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(waiter -> waiter.unreachable(why));
    }

    @Override
    public void ready(ServerSession session) {
        if (session == fresh) {
            connecting = false;
            fresh = null;
            context.log().serverReached();
        }
        attach();
    }

    @Override
    public void room(ServerSession session) {
        if (!waiting.isEmpty()) {
            attach();
        }
    }

    @Override
    public void closed(ServerSession session) {
        sessions.remove(session);
        if (session == fresh) {
            failed(new IOException("it ended the connection before its SETTINGS: does it speak HTTP/2 without TLS?"));
        } else if (!waiting.isEmpty()) {
            attach();
        }
    }

    /** Gives up a server that takes a connection and sends no SETTINGS. */
    void tick(long now) {
        ServerSession late = fresh;
        if (late != null && sessions.contains(late) && now - connectingSince > context.limits().connect().toNanos()) {
            failed(new IOException("it sends no SETTINGS: does it speak HTTP/2 without TLS?"));
            late.close();
        }
    }

    void close() {
        closed = true;
        waiting.clear();
        List.copyOf(sessions).forEach(ServerSession::close);
    }
}
