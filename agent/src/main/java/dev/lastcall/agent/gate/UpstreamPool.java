// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to the server. Idle ones are kept for less time than servers keep them, and a request
 * that must not be sent twice gets one only if it was in use a moment ago, else a new one: so it does not run into a
 * server that is just closing an idle connection. Confined to the event loop.
 */
final class UpstreamPool implements UpstreamConnection.Owner {

    /** Idle for less than this, a connection is not closed by any server's idle time-out (gunicorn's 2 s is least). */
    static final Duration SURELY_ALIVE = Duration.ofSeconds(1);
    private static final int MOST_IDLE = 512;

    /** Waits for a new connection. */
    interface Waiter {

        /** Whether it still waits. */
        boolean wantsConnection();

        /** The connection is there, and is the waiter's. */
        void attach(UpstreamConnection connection);

        /** No address of the server takes one. */
        void connectFailed(Throwable cause);
    }

    private final GateContext context;
    private final Runnable keepTicking;
    private final Bootstrap bootstrap;
    private final UpstreamAddresses addresses;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final long keptNanos;
    private final long connectNanos;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(1);

    /**
     * Begins empty.
     *
     * @param keepTicking called when there is something to be looked at by {@link #tick}
     */
    UpstreamPool(GateContext context, Runnable keepTicking) {
        this.context = context;
        this.keepTicking = keepTicking;
        GateSettings settings = context.settings();
        addresses = UpstreamAddresses.of(settings.upstream(), context.eventLoop());
        connectNanos = settings.times().connect().toNanos();
        keptNanos = settings.times().pooledIdle().toNanos();
        bootstrap = GateLoops.client(context.eventLoop(), settings.upstream())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.times().connect().toMillis())
                // A write that fails must not throw away an answer that has already arrived.
                .option(ChannelOption.AUTO_CLOSE, false)
                // How it ended can be asked only while it is still there.
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, GateLoops.waterMark(settings.limits().bufferedBytes()))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ResponseDecoder decoder = new ResponseDecoder(settings.limits());
                        channel.pipeline()
                                .addLast(decoder,
                                        new UpstreamConnection(UpstreamPool.this, channel, decoder,
                                                context.budget()));
                    }
                });
    }

    /** Finds an idle connection for an exchange; null if it needs a new one. */
    @Nullable
    UpstreamConnection take(boolean safeToRepeat) {
        long now = context.nanoTime();
        for (UpstreamConnection last = idle.peekFirst(); last != null; last = idle.peekFirst()) {
            long idleNanos = now - last.idleSince();
            if (idleNanos < keptNanos && last.isQuiet(scratch)) {
                if (!safeToRepeat && idleNanos > SURELY_ALIVE.toNanos()) {
                    return null;
                }
                return idle.pollFirst();
            }
            idle.pollFirst();
            last.close();
        }
        return null;
    }

    /**
     * Opens a new connection for an exchange, to the first of the server's addresses that takes one, and reports to the waiter
     * how that went. It opens it only after the events that epoll reported together with this one: one of them may be of a
     * connection that was closed just now, and a new one with the number of its descriptor would get it.
     */
    void connect(Waiter waiter) {
        connect(waiter, addresses.inOrder(), 0, new QueueWait(context.nanoTime() + connectNanos));
    }

    private void connect(Waiter waiter, List<SocketAddress> order, int tried, QueueWait wait) {
        context.eventLoop().execute(() -> connectNow(waiter, order, tried, wait));
    }

    private void connectNow(Waiter waiter, List<SocketAddress> order, int tried, QueueWait wait) {
        if (!waiter.wantsConnection()) {
            return;
        }
        SocketAddress address = order.get(tried);
        bootstrap.connect(address).addListener((io.netty.channel.ChannelFuture connected) -> {
            UpstreamConnection connection = connected.channel().pipeline().get(UpstreamConnection.class);
            if (connected.isSuccess() && connection != null) {
                addresses.reached(address);
                waiter.attach(connection);
            } else if (wait.lasts(connected.cause(), context.nanoTime())) {
                var _ = context.eventLoop()
                        .schedule(() -> connectNow(waiter, order, tried, wait), wait.nextPauseNanos(),
                                TimeUnit.NANOSECONDS);
            } else if (tried + 1 < order.size()) {
                connect(waiter, order, tried + 1, wait);
            } else {
                Throwable cause = connected.cause();
                waiter.connectFailed(cause == null ? new java.io.IOException("closed at once") : cause);
            }
        });
    }

    @Override
    public void keep(UpstreamConnection connection) {
        if (context.accounting().isClosed() || idle.size() >= MOST_IDLE) {
            connection.close();
            return;
        }
        connection.idleSince(context.nanoTime());
        idle.addFirst(connection);
        keepTicking.run();
    }

    @Override
    public void forget(UpstreamConnection connection) {
        if (!idle.isEmpty()) {
            idle.remove(connection);
        }
    }

    @Override
    public void closeLater(UpstreamConnection connection) {
        var _ = context.eventLoop()
                .schedule(connection::close, context.settings().times().linger().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void unexpected(Throwable cause) {
        context.log().unexpected(cause);
    }

    /** Closes those that have been idle too long. */
    void tick(long now) {
        for (UpstreamConnection oldest = idle.peekLast(); oldest != null
                && now - oldest.idleSince() >= keptNanos; oldest = idle.peekLast()) {
            idle.pollLast();
            oldest.close();
        }
    }

    /** Closes all idle ones; some servers count them as work. */
    void closeIdle() {
        for (UpstreamConnection next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            next.close();
        }
    }

    int idleCount() {
        return idle.size();
    }
}
