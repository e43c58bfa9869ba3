// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.ArrayDeque;

import dev.lastcall.agent.gate.Ledger.Outcome;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, from admission to the last byte written to the client. Whatever happens, it is booked
 * exactly once. Confined to the event loop.
 *
 * <pre>
 *   start ─▶ (connecting) ─▶ attached ─▶ response begun ─▶ response ended ─▶ written: booked
 *              │ refused: 503   │ server gone: 502   │ server gone: reset, lost
 *              └──────── client gone, cut ───────────┴──▶ booked
 * </pre>
 */
final class Exchange {

    private static final int SWITCHING_PROTOCOLS = 101;

    private final GateLoop loop;
    private final ClientConnection client;
    private final HttpRequest request;
    private final RequestSurvey survey;
    private final boolean counted;
    private final long startedNanos;
    private final ArrayDeque<HttpContent> early = new ArrayDeque<>(2);
    private @Nullable UpstreamConnection upstream;
    private @Nullable ResponseFlow response;
    private boolean requestDone;
    private boolean interim;
    private boolean repeated;
    private boolean cutPending;
    private boolean answered;
    private boolean booked;
    private long lastBodyNanos;

    Exchange(GateLoop loop, ClientConnection client, HttpRequest request, RequestSurvey survey, boolean counted) {
        this.loop = loop;
        this.client = client;
        this.request = request;
        this.survey = survey;
        this.counted = counted;
        this.startedNanos = loop.nanoTime();
        this.lastBodyNanos = startedNanos;
    }

    void start() {
        UpstreamConnection idle = loop.pool().take(survey.isSafeToRepeat());
        if (idle == null) {
            loop.pool().connect(this);
        } else {
            send(idle);
        }
    }

    /** A new connection to the server is there. */
    void attach(UpstreamConnection connection) {
        if (booked || answered) {
            connection.close();
            return;
        }
        loop.upstreamReached();
        send(connection);
        connection.out().flush();
        client.updateReading();
    }

    void connectFailed(Throwable cause) {
        if (!booked && !answered) {
            loop.upstreamUnreachable(cause);
            answerInstead(loop.answers().unreachable(), Outcome.UPSTREAM_FAILED);
        }
    }

    private void send(UpstreamConnection connection) {
        upstream = connection;
        connection.serve(this, survey.isHead());
        connection.setReading(client.isWritable());
        client.heads().write(request, survey, connection.out());
        for (HttpContent content = early.poll(); content != null; content = early.poll()) {
            forward(content, connection);
        }
    }

    /** A piece of the request's body, or its end. */
    void requestContent(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            content.release();
            requestBroken();
            return;
        }
        requestDone |= content instanceof LastHttpContent;
        lastBodyNanos = requestDone ? lastBodyNanos : loop.nanoTime();
        if (booked || answered) {
            content.release();
        } else if (upstream == null) {
            early.add(content);
        } else {
            forward(content, upstream);
        }
    }

    private void forward(HttpContent content, UpstreamConnection to) {
        if (!survey.hasBody()) {
            content.release();
        } else if (!survey.chunked) {
            to.out().raw(content.content());
        } else if (content instanceof LastHttpContent last) {
            to.out().chunk(last.content());
            Heads.writeEnd(last.trailingHeaders(), to.out());
        } else {
            to.out().chunk(content.content());
        }
    }

    /** The request's body cannot be read on: what of it went to the server is worth nothing. */
    private void requestBroken() {
        loop.ledger().refused(GateCounts.Refusal.MALFORMED);
        if (response == null) {
            answerInstead(Answer.malformed("a chunk of its body is malformed"), Outcome.CLIENT_GONE);
        } else {
            breakOff(Outcome.CLIENT_GONE);
        }
    }

    void flushRequest() {
        if (upstream != null) {
            upstream.out().flush();
        }
    }

    /** Whether the gate wants to read on from the client: for more of the body, or to learn that it leaves. */
    boolean wantsToRead() {
        return requestDone || (upstream != null && upstream.isWritable());
    }

    /** Whether the client has sent nothing of a body that the gate waits for since {@code before}. */
    boolean isStalled(long before) {
        return !requestDone && !answered && wantsToRead() && lastBodyNanos - before < 0
                && !(survey.expectsContinue && !interim);
    }

    void requestTimedOut() {
        if (response == null) {
            answerInstead(loop.answers().bodyTimeout(), Outcome.CLIENT_GONE);
        } else {
            breakOff(Outcome.CLIENT_GONE);
        }
    }

    void responseHead(HttpResponse head) {
        String problem = ResponseFlow.problem(head);
        int status = head.status().code();
        if (problem == null && status == SWITCHING_PROTOCOLS) {
            problem = upgradeProblem(head);
            if (problem == null) {
                upgrade(head);
                return;
            }
        }
        if (problem != null || response != null) {
            ReferenceCountUtil.release(head);
            upstreamUnusable(problem == null ? "a second answer came" : problem);
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            interim = true;
            lastBodyNanos = loop.nanoTime();
            if (!survey.isOld()) {
                Heads.write(head, false, false, Heads.Persistence.IMPLIED, client.out());
            }
        } else {
            boolean ends = loop.ledger().isClosed() || loop.ledger().isRetiring();
            boolean mayStay = requestDone && (!ends || client.hasBacklog());
            response = new ResponseFlow(head, survey, mayStay, client.out());
        }
    }

    private @Nullable String upgradeProblem(HttpResponse head) {
        if (!survey.isWebSocket() || response != null) {
            return "it switches protocols unasked";
        }
        return AsciiString.contentEqualsIgnoreCase("websocket", head.headers().get(HttpHeaderNames.UPGRADE, ""))
                ? null
                : "it switches to another protocol than was asked for";
    }

    private void upgrade(HttpResponse head) {
        UpstreamConnection server = upstream;
        if (server == null) {
            return;
        }
        upstream = null;
        answered = true;
        Heads.write(head, false, false, Heads.Persistence.UPGRADED, client.out());
        client.out().flush();
        client.tunnel(new Tunnel(loop, client, server, this));
    }

    void responseContent(HttpContent content) {
        ResponseFlow flow = response;
        if (flow == null) {
            // The empty end of an interim response.
            content.release();
        } else if (content.decoderResult().isFailure()) {
            content.release();
            upstreamUnusable("a chunk of its body is malformed");
        } else if (cutPending && !(content instanceof LastHttpContent)) {
            if (flow.passToEventEnd(content.content())) {
                endByEvent(flow);
            }
        } else {
            loop.ledger().bodySent(content.content().readableBytes());
            flow.pass(content);
            if (flow.isEnded()) {
                ended(flow, Outcome.COMPLETED);
            }
        }
    }

    private void upstreamUnusable(String problem) {
        loop.upstreamBroken(problem);
        if (response == null) {
            answerInstead(loop.answers().unusable(), Outcome.UPSTREAM_FAILED);
        } else {
            breakOff(Outcome.LOST);
        }
    }

    private void ended(ResponseFlow flow, Outcome outcome) {
        UpstreamConnection server = upstream;
        upstream = null;
        if (server != null) {
            server.release(
                    outcome == Outcome.COMPLETED && requestDone && flow.keepsUpstream() && server.out().isEmpty());
        }
        boolean keeps = flow.keepsClient() && outcome == Outcome.COMPLETED;
        client.out().finish().addListener(written -> {
            book(written.isSuccess() ? outcome : Outcome.CLIENT_GONE);
            client.exchangeEnded(this, keeps);
        });
    }

    void flushResponse() {
        client.out().flush();
    }

    void clientWritabilityChanged() {
        if (upstream != null) {
            upstream.setReading(client.isWritable());
        }
    }

    void upstreamWritabilityChanged() {
        lastBodyNanos = loop.nanoTime();
        client.updateReading();
    }

    /** The server closed the connection, or it broke, before the response's end. */
    void upstreamEnded(boolean reused) {
        upstream = null;
        if (booked || answered) {
            return;
        }
        if (response != null) {
            loop.upstreamBroken("the connection ended in the middle of an answer");
            breakOff(Outcome.LOST);
        } else if (reused && !repeated && !interim && survey.isSafeToRepeat()) {
            repeated = true;
            loop.pool().connect(this);
        } else {
            loop.upstreamBroken("the connection ended before an answer");
            answerInstead(loop.answers().unusable(), Outcome.UPSTREAM_FAILED);
        }
    }

    void clientGone() {
        abortUpstream();
        book(Outcome.CLIENT_GONE);
    }

    /** Cuts it as far as that can be done honestly at once; an event stream in the middle of an event goes on to its end. */
    void cut() {
        ResponseFlow flow = response;
        if (booked || answered) {
            return;
        }
        if (flow == null) {
            answerInstead(loop.answers().reclaimed(), Outcome.CUT_NOT_BEGUN);
        } else if (flow.isEnded()) {
            return;
        } else if (flow.isDone()) {
            flow.end(EmptyHttpHeaders.INSTANCE);
            endCut(Outcome.COMPLETED);
        } else if (flow.takesEvent()) {
            endByEvent(flow);
        } else if (flow.mayTakeEvent()) {
            cutPending = true;
        } else {
            breakOff(Outcome.CUT_BODY);
        }
    }

    /**
     * Cuts what the first cut left: the time for doing it gently is over.
     *
     * @param evenIfComplete also if nothing is missing but that the client reads it
     */
    void cutHard(boolean evenIfComplete) {
        if (!booked && (evenIfComplete || !(answered || (response != null && response.isEnded())))) {
            breakOff(response == null
                    ? Outcome.CUT_NOT_BEGUN
                    : response.isEventStream() ? Outcome.CUT_EVENT_STREAM : Outcome.CUT_BODY);
        }
    }

    private void endByEvent(ResponseFlow flow) {
        if (flow.isDone()) {
            flow.end(EmptyHttpHeaders.INSTANCE);
            endCut(Outcome.COMPLETED);
        } else {
            flow.endWith(loop.answers().reclaimed().asEvent());
            endCut(Outcome.CUT_EVENT_STREAM);
        }
    }

    private void endCut(Outcome outcome) {
        answered = true;
        abortUpstream();
        client.out().finish().addListener(written -> {
            book(written.isSuccess() ? outcome : Outcome.CLIENT_GONE);
            client.exchangeEnded(this, false);
        });
    }

    private void answerInstead(Answer answer, Outcome outcome) {
        answered = true;
        abortUpstream();
        client.answer(answer, survey.isHead(), written -> book(written ? outcome : Outcome.CLIENT_GONE));
    }

    private void breakOff(Outcome outcome) {
        answered = true;
        abortUpstream();
        book(outcome);
        client.reset();
    }

    private void abortUpstream() {
        UpstreamConnection server = upstream;
        upstream = null;
        if (server != null) {
            server.close();
        }
        for (HttpContent content = early.poll(); content != null; content = early.poll()) {
            content.release();
        }
    }

    void book(Outcome outcome) {
        if (!booked) {
            booked = true;
            if (counted) {
                loop.ledger().finish(outcome);
            }
        }
    }

    boolean isCounted() {
        return counted && !booked;
    }

    long startedNanos() {
        return startedNanos;
    }
}
