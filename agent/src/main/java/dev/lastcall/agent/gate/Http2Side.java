// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import dev.lastcall.agent.gate.h2.Http2Context;
import dev.lastcall.agent.gate.h2.Http2Limits;
import dev.lastcall.agent.gate.h2.Http2Loop;
import dev.lastcall.agent.gate.h2.ProbePaths;
import dev.lastcall.agent.gate.h2.ServerAddresses;
import dev.lastcall.agent.gate.h2.SessionLog;
import dev.lastcall.agent.gate.h2.SessionMemory;
import dev.lastcall.agent.gate.h2.StreamBooks;
import dev.lastcall.agent.gate.h2.StreamOutcome;
import dev.lastcall.agent.gate.h2.StreamRefusal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;

/**
 * The books, the budget and the log of a gate as its connections of HTTP/2 see them. How long their streams take is not
 * measured; so where only those are let in after a notice that will be over before the cut, the door is closed for them: a
 * client that gets a GOAWAY takes its later streams elsewhere, and none fails.
 */
final class Http2Side implements StreamBooks, SessionMemory, SessionLog {

    /** Before every other in the order of requests: what is let in after a notice is not measured here. */
    private static final long NOT_LATE = 0;

    private final GateContext context;
    private final Runnable disconnected;

    private Http2Side(GateContext context, Runnable disconnected) {
        this.context = context;
        this.disconnected = disconnected;
    }

    /**
     * A gate's connections of HTTP/2 on one event loop.
     *
     * @param paths        that are apart from the server's work; they may grow
     * @param disconnected called when one of them is closed
     */
    static Http2Loop loop(GateContext context, Supplier<GateSettings.Paths> paths, Runnable disconnected) {
        Http2Side side = new Http2Side(context, disconnected);
        GateSettings settings = context.settings();
        GateSettings.Limits limits = settings.limits();
        GateSettings.Times times = settings.times();
        int window = Math.min(Http2Limits.WINDOW, limits.bufferedBytes());
        Http2Limits bounds = new Http2Limits(Http2Limits.CONCURRENT_STREAMS, limits.headBytes(), window,
                Math.max(window, Math.min(Http2Limits.GROWN_WINDOW, limits.bufferedBytes())), times.connect(),
                times.clientIdle(), times.linger());
        ProbePaths probes = new ProbePaths(path -> paths.get().alwaysPasses(path),
                path -> paths.get().health().contains(path));
        return new Http2Loop(new Http2Context(context.eventLoop(), context::nanoTime, bounds, side, side, side, probes,
                () -> connector(context), addresses(UpstreamAddresses.of(settings.upstream(), context.eventLoop())),
                channel -> SocketState.of(channel).isSent(), settings.retryAfter().toSeconds()));
    }

    private static Bootstrap connector(GateContext context) {
        GateSettings settings = context.settings();
        return GateLoops.client(context.eventLoop(), settings.upstream())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.times().connect().toMillis())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, GateLoops.waterMark(settings.limits().bufferedBytes()));
    }

    private static ServerAddresses addresses(UpstreamAddresses known) {
        return new ServerAddresses() {
            @Override
            public List<SocketAddress> inOrder() {
                return known.inOrder();
            }

            @Override
            public void reached(SocketAddress address) {
                known.reached(address);
            }
        };
    }

    @Override
    public boolean isClosed() {
        Announcement announcement = context.accounting().announcement();
        return context.accounting().isClosed()
                || (announcement != null && announcement.policy() == Announcement.Policy.MEASURED);
    }

    @Override
    public boolean isUnready() {
        return context.accounting().isClosed() || context.accounting().announcement() != null;
    }

    @Override
    public boolean isLeaving() {
        return context.accounting().isRetiring();
    }

    @Override
    public boolean admit() {
        return !isClosed() && context.accounting().admit();
    }

    @Override
    public long nextOrder() {
        return context.accounting().nextOrder();
    }

    @Override
    public void finished(StreamOutcome outcome) {
        context.accounting().finish(switch (outcome) {
            case COMPLETED -> Outcome.COMPLETED;
            case SERVER_FAILED -> Outcome.UPSTREAM_FAILED;
            case CLIENT_GONE -> Outcome.CLIENT_GONE;
            case LOST -> Outcome.LOST;
            case CUT_NOT_BEGUN -> Outcome.CUT_NOT_BEGUN;
            case CUT_BODY -> Outcome.CUT_BODY;
        }, NOT_LATE);
    }

    @Override
    public void refused(StreamRefusal reason) {
        context.accounting().refused(switch (reason) {
            case DRAINING -> Refusal.DRAINING;
            case MALFORMED -> Refusal.MALFORMED;
            case TOO_LARGE -> Refusal.TOO_LARGE;
            case MEMORY -> Refusal.MEMORY;
        });
    }

    @Override
    public void passed() {
        context.accounting().passed();
    }

    @Override
    public void probeFailed() {
        context.accounting().probeFailed();
    }

    @Override
    public void bodySent(int bytes) {
        context.accounting().bodySent(bytes);
    }

    @Override
    public void disconnected() {
        disconnected.run();
    }

    @Override
    public Account open(InetAddress client, Runnable evict) {
        GateBudget.Account account = context.budget().open(client, evict);
        long tls = context.tls().isPresent() ? GateBudget.TLS_BYTES : 0;
        return new Account() {
            @Override
            public boolean hold(long bytes) {
                return account.hold(tls + bytes);
            }

            @Override
            public void settle(long bytes) {
                account.settle(tls + bytes);
            }

            @Override
            public void setEvictable(boolean evictable) {
                account.setEvictable(evictable);
            }

            @Override
            public void close() {
                account.close();
            }
        };
    }

    @Override
    public boolean isTight() {
        return context.budget().isTight();
    }

    @Override
    public void serverReached() {
        context.log().upstreamReached();
    }

    @Override
    public void serverUnreachable(Throwable cause) {
        context.log().upstreamUnreachable(cause);
    }

    @Override
    public void serverBroken(String what) {
        context.log().upstreamBroken(what);
    }

    @Override
    public void clientEnded(String why) {
        context.log().clientEnded(why);
    }

    @Override
    public void unexpected(Throwable cause) {
        context.log().unexpected(cause);
    }
}
