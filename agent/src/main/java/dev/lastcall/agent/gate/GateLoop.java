// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.agent.gate.h2.Http2Loop;
import dev.lastcall.agent.gate.h2.PrefaceDetector;
import dev.lastcall.agent.gate.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * A gate's share of one event loop: the clients' connections on it and the connections to the server that serve them.
 * Confined to the event loop, but for what is marked.
 */
final class GateLoop implements ClientConnection.Owner {

    /** How often the kernel is asked whether it has sent what waits for slow clients. */
    static final long SENT_LOOK_MILLIS = 50;
    /** How often what has taken too long is looked for. */
    static final long TICK_MILLIS = 200;
    /** Connections over the limit that still get an answer; beyond these they are closed at once. */
    private static final int MOST_ANSWERED_FULL = 256;

    private final GateContext context;
    private final Admission admission;
    private final Admission probes;
    private final UpstreamPool pool;
    private final Http2Loop http2;
    private final Set<ClientConnection> clients = new LinkedHashSet<>();
    private final Set<ClientConnection> sending = new LinkedHashSet<>();
    private @Nullable ScheduledFuture<?> ticking;
    private @Nullable ScheduledFuture<?> lookingSent;
    private int answeredFull;
    private boolean stopped;
    private volatile long oldestNanos = -1;

    GateLoop(GateContext context) {
        this.context = context;
        this.admission = new Admission(context, false);
        this.probes = new Admission(context, true);
        this.pool = new UpstreamPool(context, this::keepTicking);
        this.http2 = Http2Side.loop(context, admission::paths, this::disconnected);
    }

    /** Treats these paths as probes too. */
    void treatAsProbes(List<String> readiness, List<String> liveness) {
        admission.treatAsProbes(readiness, liveness);
        probes.treatAsProbes(readiness, liveness);
    }

    /**
     * Takes over an accepted connection.
     *
     * @param probesOnly whether it is for health, liveness and metrics alone
     */
    void adopt(Channel channel, boolean probesOnly) {
        channel.config()
                .setOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        GateLoops.waterMark(context.settings().limits().bufferedBytes()));
        int open = context.accounting().connected();
        if (!probesOnly && !beginTls(channel)) {
            disconnected();
            var _ = channel.close();
            return;
        }
        RequestDecoder decoder = new RequestDecoder(context.settings().limits());
        ClientConnection client = new ClientConnection(context, probesOnly ? probes : admission, pool, this, channel,
                decoder);
        clients.add(client);
        keepTicking();
        boolean affordable = client.open();
        if (affordable && open <= context.settings().limits().connections()) {
            channel.pipeline()
                    .addLast(new PrefaceDetector(bytes -> preface(channel, decoder, client, bytes, !probesOnly)),
                            decoder, client);
            return;
        }
        context.accounting().refused(affordable ? Refusal.CONNECTIONS : Refusal.MEMORY);
        channel.pipeline().addLast(client);
        if (answeredFull < MOST_ANSWERED_FULL) {
            answeredFull++;
            var _ = channel.closeFuture().addListener(closed -> answeredFull--);
            context.eventLoop().execute(() -> client.answer(context.answers().full(), false));
        } else {
            context.eventLoop().execute(client::close);
        }
    }

    /** Puts TLS in front of the connection where the gate has it; false if there is no certificate. */
    private boolean beginTls(Channel channel) {
        ClientTls tls = context.tls().orElse(null);
        if (tls == null || tls.begin(channel, context.settings().times().requestHead(), this::handshakeFailed)) {
            return true;
        }
        handshakeFailed(new IOException(tls.problem().orElse("there is no certificate yet")));
        return false;
    }

    private void handshakeFailed(Throwable cause) {
        context.accounting().refused(Refusal.TLS);
        context.log().handshakeFailed(String.valueOf(cause.getMessage()));
    }

    private void preface(Channel channel, RequestDecoder decoder, ClientConnection client, ByteBuf bytes,
            boolean taken) {
        if (taken && context.settings().protocol() == GateSettings.Protocol.H2C) {
            clients.remove(client);
            decoder.leave(channel);
            ChannelHandlerContext left = channel.pipeline().context(client);
            channel.pipeline().remove(client);
            // For the connection of HTTP/1.1 its channel is gone.
            client.channelInactive(left);
            http2.adopt(channel, ClientMemory.addressOf(channel), bytes);
            return;
        }
        bytes.release();
        context.accounting().refused(Refusal.HTTP2);
        context.log().http2NotEnabled();
        client.answer(context.answers().http2(), false);
    }

    @Override
    public void disconnected(ClientConnection client) {
        sending.remove(client);
        if (clients.remove(client)) {
            disconnected();
        }
    }

    private void disconnected() {
        context.accounting().disconnected();
        context.budget().disconnected();
    }

    /** The closing of the door has been announced. */
    void closingAnnounced() {
        Announcement announcement = context.accounting().announcement();
        if (announcement != null && announcement.policy() == Announcement.Policy.ALL) {
            http2.announce();
        } else {
            http2.doorClosed();
        }
    }

    @Override
    public void awaitSent(ClientConnection client) {
        sending.add(client);
        if (lookingSent == null && !stopped) {
            lookingSent = context.eventLoop()
                    .scheduleWithFixedDelay(this::lookSent, SENT_LOOK_MILLIS, SENT_LOOK_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void lookSent() {
        try {
            for (ClientConnection client : sending.toArray(ClientConnection[]::new)) {
                if (client.delivery().look()) {
                    sending.remove(client);
                }
            }
        } catch (RuntimeException e) {
            context.log().unexpected(e);
        }
        if (sending.isEmpty() && lookingSent != null) {
            lookingSent.cancel(false);
            lookingSent = null;
        }
    }

    /** The door has been closed: the server will not be asked any more. */
    void doorClosed() {
        http2.doorClosed();
        pool.closeIdle();
    }

    /** Looks every now and then, for as long as there is something to look at: an idle gate wakes no thread. */
    void keepTicking() {
        if (ticking == null && !stopped) {
            ticking = context.eventLoop()
                    .scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void endTicking() {
        if (ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    private void tick() {
        try {
            look(context.nanoTime());
        } catch (RuntimeException e) {
            // A look that fails must not be the last.
            context.log().unexpected(e);
        }
    }

    private void look(long now) {
        pool.tick(now);
        http2.tick(now);
        long oldest = http2.oldestNanos(now);
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.tick(now);
            long started = client.startedNanos(now);
            oldest = oldest - started > 0 ? started : oldest;
        }
        oldestNanos = now - oldest;
        if (clients.isEmpty() && http2.isEmpty() && pool.idleCount() == 0) {
            endTicking();
        }
    }

    /** Age of the oldest request in flight at the last tick. Any thread. */
    long oldestNanos() {
        return Math.max(0, oldestNanos);
    }

    /** Adds the requests that a cut reaches to it, and cuts them as far as that can be done at once. */
    void cut(Cut cut) {
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.cut(cut);
        }
        http2.cut(cut);
        cut.loopReported();
    }

    void cutHard(Cut cut, boolean evenIfComplete) {
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.cutHard(cut, evenIfComplete);
        }
        http2.cutHard(cut, evenIfComplete);
    }

    /** Begins to end every connection. */
    void leave() {
        stopped = true;
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.leave();
        }
        http2.leave();
        pool.closeIdle();
    }

    /** Ends every connection. */
    void stop() {
        endTicking();
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.close();
        }
        http2.stop();
        pool.closeIdle();
    }

    RouteDurations durations() {
        return context.durations();
    }

    UpstreamPool pool() {
        return pool;
    }
}
