// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.metadata.NodeClock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * A gate's share of one event loop: the clients' connections on it and the connections to the server that serve them.
 * Confined to the event loop, but for what is marked.
 */
final class GateLoop {

    /** How often the kernel is asked whether it has sent what waits for slow clients. */
    static final long SENT_LOOK_MILLIS = 50;
    /** How often what has taken too long is looked for. */
    static final long TICK_MILLIS = 200;
    /** Connections over the limit that still get an answer; beyond these they are closed at once. */
    private static final int MOST_ANSWERED_FULL = 256;

    /** A client that has just connected, or just had its answer, is given so long to ask (again) before a gate that retires. */
    private static final long RETIRED_IDLE_NANOS = 500_000_000L;

    private final EventLoop eventLoop;
    private final GateSettings settings;
    private final RequestAccounting accounting;
    private final NodeClock clock;
    private final Answers answers;
    private final GateLog log;
    private final GateBudget budget;
    private final UpstreamPool pool;
    private final Set<ClientConnection> clients = new LinkedHashSet<>();
    private final Set<ClientConnection> sending = new LinkedHashSet<>();
    private @Nullable ScheduledFuture<?> ticking;
    private @Nullable ScheduledFuture<?> lookingSent;
    private int answeredFull;
    private boolean stopped;
    private boolean closedSeen;
    private long closedSince;
    private volatile long oldestNanos = -1;

    GateLoop(EventLoop eventLoop, GateSettings settings, RequestAccounting accounting, NodeClock clock,
            Answers answers, GateLog log,
            GateBudget budget) {
        this.eventLoop = eventLoop;
        this.settings = settings;
        this.accounting = accounting;
        this.clock = clock;
        this.answers = answers;
        this.log = log;
        this.budget = budget;
        this.pool = new UpstreamPool(this);
    }

    /** Takes over an accepted connection. */
    void adopt(Channel channel) {
        channel.config()
                .setOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        GateLoops.waterMark(settings.limits().bufferedBytes()));
        int open = accounting.connected();
        RequestDecoder decoder = new RequestDecoder(settings.limits());
        ClientConnection client = new ClientConnection(this, channel, decoder);
        clients.add(client);
        keepTicking();
        boolean affordable = client.open();
        if (affordable && open <= settings.limits().connections()) {
            channel.pipeline().addLast(decoder, client);
            return;
        }
        accounting.refused(affordable ? Refusal.CONNECTIONS : Refusal.MEMORY);
        channel.pipeline().addLast(client);
        if (answeredFull < MOST_ANSWERED_FULL) {
            answeredFull++;
            var _ = channel.closeFuture().addListener(closed -> answeredFull--);
            eventLoop.execute(() -> client.answer(answers.full(), false));
        } else {
            eventLoop.execute(client::close);
        }
    }

    void disconnected(ClientConnection client) {
        sending.remove(client);
        if (clients.remove(client)) {
            accounting.disconnected();
            budget.disconnected();
        }
    }

    /** The client's connection waits for the kernel to have sent what it was given. */
    void awaitSent(ClientConnection client) {
        sending.add(client);
        if (lookingSent == null && !stopped) {
            lookingSent = eventLoop.scheduleWithFixedDelay(this::lookSent, SENT_LOOK_MILLIS, SENT_LOOK_MILLIS,
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
            unexpected(e);
        }
        if (sending.isEmpty() && lookingSent != null) {
            lookingSent.cancel(false);
            lookingSent = null;
        }
    }

    /** Settles what becomes of a request whose head has just been read; this is the moment it is let in or not. */
    AdmissionDecision decide(HttpRequest request, ClientConnection client) {
        Throwable cause = request.decoderResult().cause();
        if (cause != null) {
            ReferenceCountUtil.release(request);
            return refuseUndecoded(cause);
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return refuse(Refusal.MALFORMED, Answer.error("505 HTTP Version Not Supported", "http_version",
                    "The gate speaks HTTP/1.1 and HTTP/1.0."), false);
        }
        RequestFraming survey = RequestFraming.of(request);
        String problem = survey.problem();
        if (problem != null) {
            return refuse(Refusal.MALFORMED, Answer.malformed(problem), survey.isHead());
        }
        if (survey.isConnect()) {
            return refuse(Refusal.MALFORMED, Answer.error("501 Not Implemented", "connect_refused",
                    "The gate makes no tunnels."), false);
        }
        String path = survey.path();
        if (settings.paths().alwaysPasses(path)) {
            accounting.passed();
            return new AdmissionDecision.Forward(request, survey, false, accounting.nextOrder());
        }
        if (!accounting.isClosed() && !client.hasRoomFor(request)) {
            return refuse(Refusal.MEMORY, answers.memory(), survey.isHead());
        }
        if (accounting.admit()) {
            return new AdmissionDecision.Forward(request, survey, true, accounting.nextOrder());
        }
        if (settings.paths().health().contains(path)) {
            accounting.probeFailed();
            return new AdmissionDecision.Refuse(answers.draining(), survey.isHead());
        }
        return refuse(Refusal.DRAINING, answers.draining(), survey.isHead());
    }

    /** Settles what becomes of a request whose body cannot be read on. */
    AdmissionDecision.Refuse refuseBody(Throwable cause) {
        return cause instanceof TooLongFrameException
                ? refuseUndecoded(cause)
                : refuse(Refusal.MALFORMED, Answer.malformed(cause.getMessage() == null
                        ? "a chunk of its body is malformed"
                        : cause.getMessage()), false);
    }

    private AdmissionDecision.Refuse refuseUndecoded(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return refuse(Refusal.TOO_LARGE, Answer.error("414 URI Too Long", "uri_too_long",
                    "The request line is over " + settings.limits().requestLineBytes() + " bytes."), false);
        }
        if (cause instanceof TooLongFrameException) {
            return refuse(Refusal.TOO_LARGE,
                    Answer.error("431 Request Header Fields Too Large", "header_fields_too_large",
                            "The head is over " + settings.limits().headBytes() + " bytes or "
                                    + settings.limits().headFields() + " fields."),
                    false);
        }
        String message = cause.getMessage();
        return refuse(Refusal.MALFORMED, Answer.malformed(message == null ? "it cannot be read" : message), false);
    }

    private AdmissionDecision.Refuse refuse(Refusal reason, Answer answer, boolean toHead) {
        accounting.refused(reason);
        return new AdmissionDecision.Refuse(answer, toHead);
    }

    /** Whether a client that has been quiet since then is to be closed: the door has been closed long enough, or the gate retires. */
    boolean isClosedFor(long now, long quietSince, long nanos) {
        if (accounting.isRetiring() && now - quietSince > RETIRED_IDLE_NANOS) {
            return true;
        }
        return closedSeen && now - closedSince > nanos && now - quietSince > nanos;
    }

    /** Whether the door is closed or the gate retires, so that every answer may be its client's last. */
    boolean isEnding() {
        return accounting.isClosed() || accounting.isRetiring();
    }

    /** What a client reads last on an idle connection: it may be the answer to a request that it is just sending. */
    Answer goodbye() {
        return accounting.isClosed() ? answers.draining() : answers.idle();
    }

    /** The door has been closed: idle connections end soon, on both sides. */
    void doorClosed() {
        closedSeen = false;
        noteDoor(nanoTime());
        pool.closeIdle();
    }

    /** Looks every now and then, for as long as there is something to look at: an idle gate wakes no thread. */
    void keepTicking() {
        if (ticking == null && !stopped) {
            ticking = eventLoop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void endTicking() {
        if (ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    private void noteDoor(long now) {
        boolean closed = accounting.isClosed();
        if (closed && !closedSeen) {
            closedSince = now;
        }
        closedSeen = closed;
    }

    private void tick() {
        try {
            look(nanoTime());
        } catch (RuntimeException e) {
            // A look that fails must not be the last.
            unexpected(e);
        }
    }

    private void look(long now) {
        noteDoor(now);
        pool.tick(now);
        long oldest = now;
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.tick(now);
            long started = client.startedNanos(now);
            oldest = oldest - started > 0 ? started : oldest;
        }
        oldestNanos = now - oldest;
        if (clients.isEmpty() && pool.idleCount() == 0) {
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
        cut.loopReported();
    }

    void cutHard(Cut cut, boolean evenIfComplete) {
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.cutHard(cut, evenIfComplete);
        }
    }

    /** Begins to end every connection. */
    void leave() {
        stopped = true;
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.leave();
        }
        pool.closeIdle();
    }

    /** Ends every connection. */
    void stop() {
        endTicking();
        for (ClientConnection client : clients.toArray(ClientConnection[]::new)) {
            client.close();
        }
        pool.closeIdle();
    }

    GateBudget budget() {
        return budget;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    GateSettings settings() {
        return settings;
    }

    RequestAccounting accounting() {
        return accounting;
    }

    Answers answers() {
        return answers;
    }

    UpstreamPool pool() {
        return pool;
    }

    NodeClock clock() {
        return clock;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    void upstreamReached() {
        log.upstreamReached();
    }

    void upstreamUnreachable(Throwable cause) {
        log.upstreamUnreachable(cause);
    }

    void upstreamBroken(String what) {
        log.upstreamBroken(what);
    }

    void unexpected(Throwable cause) {
        log.unexpected(cause);
    }
}
