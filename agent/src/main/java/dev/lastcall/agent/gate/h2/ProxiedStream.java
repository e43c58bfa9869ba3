// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.ArrayDeque;

import dev.lastcall.agent.gate.h2.StreamState.Event;
import dev.lastcall.agent.gate.h2.StreamState.Final;
import dev.lastcall.agent.gate.h2.StreamState.Open;
import dev.lastcall.agent.gate.h2.StreamState.Step;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * One stream that goes to the server, from its head to the last frame written to the client: frame by frame, and never more
 * under way than its windows allow. Whatever happens, it is booked exactly once; {@link StreamMachine} has its states. Confined to
 * the event loop.
 */
final class ProxiedStream implements ServerSession.User, ServerSessions.Waiter {

    /** The client's connection. */
    interface Client {

        /** The stream's last frame is the kernel's; it wants to know when it is on its way. */
        void awaitSent(ProxiedStream stream);

        /** The stream is booked. */
        void over(ProxiedStream stream);

        /** Whether there is memory for so many bytes more, which it holds from now on. */
        boolean grow(int bytes);

        /** So many bytes of a body have passed. */
        void carried(int bytes);
    }

    private final Http2Context context;
    private final Client client;
    private final SessionHandler toClient;
    private final int id;
    private final boolean counted;
    private final boolean watch;
    private final boolean isGrpc;
    private final boolean isHead;
    private final long order;
    private final long startedNanos;
    private final StreamWindow requestWindow;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(1);
    private @Nullable Http2Headers head;
    private @Nullable Http2Headers earlyTrailers;
    private @Nullable ServerSession server;
    private @Nullable StreamWindow answerWindow;
    private @Nullable CutReach cut;
    private boolean requestEnded;
    private boolean endsWithStatus;
    private int serverStream;
    private long reserved;
    private long resetCode = Http2Error.CANCEL.code();
    private StreamState state = Open.WAITING;

    /**
     * Begins with a head that has been let in.
     *
     * @param counted  whether it is in flight
     * @param watch    whether it watches the server's health, for as long as its client lives
     * @param order    its place in the order of all requests of the gate
     * @param reserved memory that its client's connection holds for it
     */
    ProxiedStream(Http2Context context, Client client, SessionHandler toClient, int id, Http2Headers head,
            boolean ended,
            boolean counted, boolean watch, long order, long reserved) {
        this.context = context;
        this.client = client;
        this.toClient = toClient;
        this.id = id;
        this.head = head;
        this.requestEnded = ended;
        this.counted = counted;
        this.watch = watch;
        this.order = order;
        this.reserved = reserved;
        this.isGrpc = RequestHead.isGrpc(head);
        this.isHead = head.method() != null && "HEAD".contentEquals(head.method());
        this.startedNanos = context.nanoTime();
        this.requestWindow = new StreamWindow(context.limits(), toClient, id, this::grow);
    }

    @Override
    public boolean wantsSession() {
        return state == Open.WAITING;
    }

    @Override
    public void attach(ServerSession session) {
        Http2Headers first = head;
        if (!wantsSession() || first == null) {
            return;
        }
        head = null;
        boolean whole = requestEnded && early.isEmpty() && earlyTrailers == null;
        take(Event.SENT);
        server = session;
        serverStream = session.open(this, first, whole);
        if (serverStream < 0) {
            serverClosed();
            return;
        }
        answerWindow = new StreamWindow(context.limits(), session.handler(), serverStream, this::grow);
        for (ByteBuf data = early.poll(); data != null; data = early.poll()) {
            pass(session, data, requestEnded && early.isEmpty() && earlyTrailers == null);
        }
        if (earlyTrailers != null) {
            session.handler().head(serverStream, earlyTrailers, true, ProxiedStream::ignored);
            earlyTrailers = null;
        }
    }

    @Override
    public void unreachable(Throwable cause) {
        if (wantsSession()) {
            take(Event.UNREACHABLE, GateAnswer.UNREACHABLE);
        }
    }

    /** A piece of the request's body has come; how many bytes of it need no room any more. */
    int requestData(ByteBuf data, int padding, boolean end) {
        requestEnded |= end;
        int bytes = data.readableBytes();
        if (!(state instanceof Open)) {
            return bytes + padding;
        }
        client.carried(bytes);
        ServerSession session = server;
        if (session == null) {
            early.add(data.retain());
        } else {
            pass(session, data.retain(), end);
        }
        return padding;
    }

    private void pass(ServerSession session, ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        session.handler().data(serverStream, data, end, written -> requestWindow.taken(bytes));
    }

    /** The request ends with trailers. */
    void requestTrailers(Http2Headers trailers) {
        requestEnded = true;
        ServerSession session = server;
        if (!(state instanceof Open)) {
            return;
        }
        if (session == null) {
            earlyTrailers = trailers;
        } else {
            session.handler().head(serverStream, trailers, true, ProxiedStream::ignored);
        }
    }

    /** The client has reset it, or its connection is closed, or its last frame has been handed over. */
    void clientClosed() {
        take(Event.CLIENT_GONE);
    }

    @Override
    public void answerHead(Http2Headers answer, boolean end) {
        if (state == Open.ANSWERING) {
            // Trailers: Netty lets no other head come after the first.
            end(answer);
        } else if (state == Open.SENT) {
            if (HttpStatusClass.valueOf(answer.status()) == HttpStatusClass.INFORMATIONAL) {
                toClient.head(id, answer, false, ProxiedStream::ignored);
                return;
            }
            endsWithStatus = RequestHead.isGrpc(answer);
            take(Event.HEAD);
            if (end) {
                end(answer);
            } else {
                toClient.head(id, answer, false, ProxiedStream::ignored);
            }
        }
    }

    private void end(Http2Headers last) {
        take(Event.ANSWER_ENDED);
        toClient.head(id, last, true, this::lastWritten);
    }

    @Override
    public int answerData(ByteBuf data, int padding, boolean end) {
        int bytes = data.readableBytes();
        StreamWindow window = answerWindow;
        if (state != Open.ANSWERING || window == null) {
            return bytes + padding;
        }
        context.books().bodySent(bytes);
        client.carried(bytes);
        if (end) {
            take(Event.ANSWER_ENDED);
        }
        toClient.data(id, data.retain(), end, written -> {
            window.taken(bytes);
            if (end) {
                lastWritten(written);
            }
        });
        return padding;
    }

    @Override
    public void serverReset(long code) {
        resetCode = code;
        if (state instanceof Open) {
            context.log().serverBroken("it reset a stream with code " + code);
        }
        take(Event.SERVER_RESET);
    }

    @Override
    public void serverClosed() {
        server = null;
        if (!(state instanceof Open)) {
            return;
        }
        context.log()
                .serverBroken(state == Open.ANSWERING
                        ? "the connection ended in the middle of an answer"
                        : "the connection ended before an answer");
        if (state == Open.ANSWERING && !endsWithStatus) {
            resetCode = Http2Error.INTERNAL_ERROR.code();
            take(Event.SERVER_RESET);
        } else {
            take(Event.SERVER_BROKEN, GateAnswer.UNUSABLE);
        }
    }

    private void lastWritten(boolean written) {
        if (!written) {
            take(Event.NOT_DELIVERED);
        } else if ((context.books().isClosed() || context.books().isLeaving())
                && !context.socket().isSent(toClient.channel())) {
            client.awaitSent(this);
        } else {
            take(Event.DELIVERED);
        }
    }

    /** What its last frame waited for: whether the client has it, or it is on its way. */
    void sent(boolean isSent) {
        take(isSent ? Event.DELIVERED : Event.NOT_DELIVERED);
    }

    /** Ends a stream that watches the server's health: it would last as long as its client does. */
    void endWatch() {
        if (watch) {
            take(Event.CUT_WITH_STATUS, GateAnswer.DRAINING);
        }
    }

    /** Joins a cut that reaches it; whether it does. */
    private boolean join(CutReach next) {
        if (state == Final.OVER || !next.reaches(order)) {
            return false;
        }
        if (counted && !next.equals(cut)) {
            if (cut != null) {
                cut.leave();
            }
            next.join();
            cut = next;
        }
        return true;
    }

    void cut(CutReach scope) {
        if (join(scope)) {
            take(state != Open.ANSWERING || endsWithStatus ? Event.CUT_WITH_STATUS : Event.CUT_BODY,
                    GateAnswer.RECLAIMED);
        }
    }

    /** @param evenIfComplete also if nothing is missing but that the client reads it */
    void cutHard(CutReach scope, boolean evenIfComplete) {
        if (join(scope)) {
            take(evenIfComplete ? Event.LAST_CUT : Event.HARD_CUT);
        }
    }

    /** Ends it without regard to how far it is. */
    void abandon() {
        take(Event.LAST_CUT);
    }

    private void take(Event event) {
        take(event, GateAnswer.UNUSABLE);
    }

    /** Takes one event; {@code answer} is what the client gets that waits for one still. */
    private void take(Event event, GateAnswer answer) {
        if (state == Final.OVER) {
            return;
        }
        Step step = StreamMachine.step(state, event);
        state = step.state();
        switch (step.action()) {
            case NONE -> {
            }
            case ANSWER -> {
                endServerStream();
                answer(answer);
            }
            case END_WITH_STATUS -> {
                endServerStream();
                toClient.head(id, answer.asTrailers(), true, this::lastWritten);
            }
            case RESET -> {
                endServerStream();
                toClient.reset(id, resetCode);
            }
            case ABORT -> {
                endServerStream();
                if (!requestEnded) {
                    // The answer is whole, and the rest of the request is of no use.
                    toClient.reset(id, Http2Error.NO_ERROR.code());
                }
            }
        }
        if (state == Final.OVER && step.outcome() != null) {
            book(step.outcome());
        }
    }

    private void answer(GateAnswer answer) {
        if (isGrpc) {
            toClient.head(id, answer.asOnlyHead(), true, this::lastWritten);
        } else if (isHead) {
            toClient.head(id, answer.asHead(context.retryAfter()), true, this::lastWritten);
        } else {
            toClient.head(id, answer.asHead(context.retryAfter()), false, ProxiedStream::ignored);
            toClient.data(id, Unpooled.wrappedBuffer(answer.body()), true, this::lastWritten);
        }
    }

    private void endServerStream() {
        ServerSession session = server;
        server = null;
        head = null;
        earlyTrailers = null;
        for (ByteBuf data = early.poll(); data != null; data = early.poll()) {
            data.release();
        }
        if (session != null) {
            session.forget(serverStream);
        }
    }

    private void book(StreamOutcome outcome) {
        if (counted) {
            context.books().finished(outcome);
            if (cut != null) {
                cut.ended(outcome == StreamOutcome.CUT_NOT_BEGUN || outcome == StreamOutcome.CUT_BODY);
            }
        }
        client.over(this);
    }

    private boolean grow(int bytes) {
        boolean grows = client.grow(bytes);
        reserved += grows ? bytes : 0;
        return grows;
    }

    /** A frame that is not the last: what becomes of it is seen from the stream. */
    private static void ignored(boolean written) {}

    /** Memory that its client's connection holds for it. */
    long reservedBytes() {
        return reserved;
    }

    /** When it was let in; {@code fallback} if it does not count as in flight. */
    long startedNanos(long fallback) {
        return counted && state != Final.OVER ? startedNanos : fallback;
    }
}
