// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
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

    /** A request in flight, with its connection to the server. */
    static final long BYTES = 4 * 1024;

    private static final int SWITCHING_PROTOCOLS = 101;

    private final GateLoop loop;
    private final ClientConnection client;
    private final RequestFraming survey;
    private final boolean counted;
    private final long order;
    private final long startedNanos;
    private final RequestFlow request;
    private @Nullable UpstreamConnection upstream;
    private @Nullable ResponseFlow response;
    private Cut cut = Cut.NONE;
    private boolean interim;
    private boolean repeated;
    private boolean cutPending;
    private boolean answered;
    private boolean booked;

    Exchange(GateLoop loop, ClientConnection client, AdmissionDecision.Forward turn) {
        this.loop = loop;
        this.client = client;
        this.survey = turn.survey();
        this.counted = turn.counted();
        this.order = turn.order();
        this.startedNanos = loop.nanoTime();
        this.request = new RequestFlow(turn.request(), survey, startedNanos);
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
        if (isOver()) {
            connection.close();
            return;
        }
        loop.upstreamReached();
        send(connection);
        connection.out().flush();
        client.updateReading();
    }

    void connectFailed(Throwable cause) {
        if (!isOver()) {
            loop.upstreamUnreachable(cause);
            answerInstead(loop.answers().unreachable(), Outcome.UPSTREAM_FAILED);
        }
    }

    private void send(UpstreamConnection connection) {
        upstream = connection;
        connection.serve(this, survey.isHead());
        connection.setReading(client.out().isWritable());
        request.sendTo(connection, client.headerWriter());
    }

    /** A piece of the request's body, or its end. */
    void requestContent(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            giveUp(loop.refuseBody(cause).answer());
            return;
        }
        request.came(content, loop.nanoTime());
        if (isOver()) {
            content.release();
        } else {
            request.pass(content, upstream);
        }
    }

    /** The request's body does not come to its end: what of it went to the server is worth nothing. */
    private void giveUp(Answer answer) {
        if (isOver()) {
            return;
        }
        if (response == null) {
            answerInstead(answer, Outcome.CLIENT_GONE);
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
        return request.isDone() || (upstream != null && upstream.isWritable());
    }

    /** Looks for a body that does not move: its client sends nothing, or the server takes nothing. */
    void tick(long now, long bodyNanos) {
        if (answered) {
            return;
        }
        if (wantsToRead()) {
            if (request.isStill(now - bodyNanos)) {
                giveUp(loop.answers().bodyTimeout());
            }
        } else if (upstream != null && response == null) {
            request.probe(now, client.out());
        }
    }

    /** Memory that it holds beside its client's connection. */
    long heldBytes() {
        return BYTES + request.heldBytes() + (upstream == null ? 0 : upstream.out().pendingBytes());
    }

    /** Whether bytes wait for the server. */
    boolean holdsBytes() {
        return upstream == null || upstream.out().pendingBytes() > 0;
    }

    /** Whether all of the request has come. */
    boolean isRequestDone() {
        return request.isDone();
    }

    /** Whether it is booked or answered. */
    boolean isOver() {
        return booked || answered;
    }

    /** Keeps what waits for the server small, or not. */
    void setSmall(boolean small) {
        if (upstream != null) {
            upstream.out().setSmall(small);
        }
    }

    void responseHead(HttpResponse head) {
        String problem = ResponseFlow.problem(head);
        int status = head.status().code();
        if (problem == null && status == SWITCHING_PROTOCOLS) {
            problem = response == null ? WebSocketTunnel.problem(survey, head) : "a second answer came";
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
            request.moved(loop.nanoTime());
            if (!survey.isOld()) {
                HeaderWriter.write(head, false, false, HeaderWriter.Persistence.IMPLIED, client.out());
            }
        } else {
            boolean mayStay = request.isDone() && (!loop.isEnding() || client.hasNext());
            request.forgetHead();
            response = new ResponseFlow(head, survey, mayStay, client.out());
        }
    }

    private void upgrade(HttpResponse head) {
        UpstreamConnection server = upstream;
        if (server == null) {
            return;
        }
        upstream = null;
        answered = true;
        HeaderWriter.write(head, false, false, HeaderWriter.Persistence.UPGRADED, client.out());
        client.out().flush();
        client.tunnel(new WebSocketTunnel(loop, client, server, this));
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
            loop.accounting().bodySent(content.content().readableBytes());
            flow.pass(content);
            if (flow.isEnded()) {
                ended(flow);
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

    private void ended(ResponseFlow flow) {
        UpstreamConnection server = upstream;
        upstream = null;
        if (server != null) {
            server.release(request.isDone() && flow.keepsUpstream() && server.out().isEmpty());
        }
        finish(Outcome.COMPLETED, flow.keepsClient());
    }

    private void finish(Outcome outcome, boolean keeps) {
        client.finish(sent -> {
            book(sent ? outcome : Outcome.CLIENT_GONE);
            client.exchangeEnded(this, keeps);
        });
    }

    void flushResponse() {
        client.out().flush();
        client.weighIfHolding();
    }

    void clientWritabilityChanged() {
        if (upstream != null) {
            upstream.setReading(client.out().isWritable());
        }
    }

    void upstreamWritabilityChanged() {
        request.moved(loop.nanoTime());
        client.updateReading();
    }

    /** The server closed the connection, or it broke, before the response's end. */
    void upstreamEnded(boolean reused) {
        upstream = null;
        if (isOver()) {
            return;
        }
        if (response == null && reused && !repeated && !interim && request.isRepeatable()) {
            repeated = true;
            loop.pool().connect(this);
        } else {
            upstreamUnusable(response == null
                    ? "the connection ended before an answer"
                    : "the connection ended in the middle of an answer");
        }
    }

    void clientGone() {
        answered = true;
        abortUpstream();
        book(Outcome.CLIENT_GONE);
    }

    /** Joins a cut that reaches it; whether it does. */
    boolean join(Cut next) {
        if (booked || !next.reaches(order)) {
            return false;
        }
        if (counted && cut != next) {
            cut.leave();
            next.join();
            cut = next;
        }
        return true;
    }

    /** Cuts it as far as that can be done honestly at once; an event stream in the middle of an event goes on to its end. */
    void cut() {
        ResponseFlow flow = response;
        if (isOver()) {
            return;
        }
        if (flow == null) {
            answerInstead(loop.answers().reclaimed(), Outcome.CUT_NOT_BEGUN);
        } else if (flow.isEnded()) {
            return;
        } else if (flow.isDone() || flow.takesEvent()) {
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
        if (booked || (!evenIfComplete && (answered || (response != null && response.isEnded())))) {
            return;
        }
        Outcome outcome = response == null
                ? Outcome.CUT_NOT_BEGUN
                : response.isEventStream() ? Outcome.CUT_EVENT_STREAM : Outcome.CUT_BODY;
        if (client.delivery().isUnderWay()) {
            // All of it is the kernel's, which goes on for as long as the node does; a reset would take it back.
            book(outcome);
            client.exchangeEnded(this, false);
        } else {
            breakOff(outcome);
        }
    }

    private void endByEvent(ResponseFlow flow) {
        if (flow.isDone()) {
            flow.end(EmptyHttpHeaders.INSTANCE);
            endCut(Outcome.COMPLETED);
        } else {
            flow.endWith(loop.answers().reclaimed().asEvent(flow.hasNamedEvents()));
            endCut(Outcome.CUT_EVENT_STREAM);
        }
    }

    private void endCut(Outcome outcome) {
        answered = true;
        abortUpstream();
        finish(outcome, false);
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
        request.drop();
    }

    void book(Outcome outcome) {
        if (!booked) {
            booked = true;
            if (counted) {
                loop.accounting().finish(outcome);
                cut.ended(outcome);
            }
        }
    }

    /** When it was admitted; {@code fallback} if it does not count as in flight. */
    long startedNanos(long fallback) {
        return counted && !booked ? startedNanos : fallback;
    }
}
