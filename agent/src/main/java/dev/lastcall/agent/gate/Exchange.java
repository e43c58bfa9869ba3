// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.ExchangeState.Final;
import dev.lastcall.agent.gate.ExchangeState.Open;
import dev.lastcall.agent.gate.ExchangeState.Step;
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
 * exactly once; {@link ExchangeMachine} has its states. Confined to the event loop.
 */
final class Exchange implements Served, Delivery.Listener, UpstreamConnection.User, UpstreamPool.Waiter {

    /** A request in flight, with its connection to the server. */
    static final long BYTES = 4 * 1024;

    private final GateContext context;
    private final UpstreamPool pool;
    private final ExchangeClient client;
    private final WriteBuffer toClient;
    private final HeaderWriter headerWriter;
    private final RequestFraming survey;
    private final boolean counted;
    private final long order;
    private final long startedNanos;
    private final RequestFlow request;
    private @Nullable UpstreamConnection upstream;
    private @Nullable ResponseFlow response;
    private @Nullable Cut cut;
    private ExchangeState state = Open.NEW;

    Exchange(GateContext context, UpstreamPool pool, ExchangeClient client, WriteBuffer toClient,
            HeaderWriter headerWriter, AdmissionDecision.Forward turn) {
        this.context = context;
        this.pool = pool;
        this.client = client;
        this.toClient = toClient;
        this.headerWriter = headerWriter;
        this.survey = turn.survey();
        this.counted = turn.counted();
        this.order = turn.order();
        this.startedNanos = context.nanoTime();
        this.request = new RequestFlow(turn.request(), survey, startedNanos);
    }

    void start() {
        UpstreamConnection idle = pool.take(survey.isSafeToRepeat());
        if (idle == null) {
            take(ExchangeEvent.NONE_IDLE);
        } else {
            send(idle, survey.isSafeToRepeat());
        }
    }

    @Override
    public void attach(UpstreamConnection connection) {
        if (!wantsConnection()) {
            connection.close();
            return;
        }
        context.log().upstreamReached();
        send(connection, false);
        connection.out().flush();
        client.updateReading();
    }

    @Override
    public void connectFailed(Throwable cause) {
        if (wantsConnection()) {
            context.log().upstreamUnreachable(cause);
            take(ExchangeEvent.CONNECT_FAILED, context.answers().unreachable());
        }
    }

    @Override
    public boolean wantsConnection() {
        return state == Open.CONNECTING;
    }

    private void send(UpstreamConnection connection, boolean repeatable) {
        take(repeatable ? ExchangeEvent.SENT_REPEATABLY : ExchangeEvent.SENT);
        upstream = connection;
        connection.serve(this, survey.isHead());
        connection.setReading(toClient.isWritable());
        request.sendTo(connection, headerWriter, repeatable);
    }

    /** A piece of the request's body, or its end. */
    void requestContent(HttpContent content) {
        request.came(content, context.nanoTime());
        if (state instanceof Open) {
            request.pass(content, upstream);
        } else {
            content.release();
        }
    }

    /** The request's body does not come to its end: what of it went to the server is worth nothing. */
    void giveUp(Answer answer) {
        take(ExchangeEvent.REQUEST_BROKEN, answer);
    }

    @Override
    public void flushToServer() {
        if (upstream != null) {
            upstream.out().flush();
        }
    }

    /** Whether the gate wants to read on from the client: for more of the body, or to learn that it leaves. */
    boolean wantsToRead() {
        return request.isDone() || (upstream != null && upstream.isWritable());
    }

    /** Looks for a body that does not move: its client sends nothing, or the server takes nothing. */
    @Override
    public void tick(long now, long bodyNanos) {
        if (!(state instanceof Open open)) {
            return;
        }
        if (wantsToRead()) {
            if (request.isStill(now - bodyNanos)) {
                giveUp(context.answers().bodyTimeout());
            }
        } else if (upstream != null && open.isUnanswered()) {
            request.probe(now, toClient);
        }
    }

    @Override
    public long heldBytes() {
        return BYTES + request.heldBytes() + (upstream == null ? 0 : upstream.out().pendingBytes());
    }

    @Override
    public boolean holdsBytes() {
        return upstream == null || upstream.out().pendingBytes() > 0;
    }

    /** Whether all of the request has come. */
    boolean isRequestDone() {
        return request.isDone();
    }

    @Override
    public void setSmall(boolean small) {
        if (upstream != null) {
            upstream.out().setSmall(small);
        }
    }

    @Override
    public void received(Object message) {
        if (message instanceof HttpResponse head) {
            responseHead(head);
        } else if (message instanceof HttpContent content) {
            responseContent(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void responseHead(HttpResponse head) {
        String problem = response == null ? ResponseFlow.problem(head, survey) : "a second answer came";
        if (problem != null) {
            ReferenceCountUtil.release(head);
            upstreamUnusable(problem);
        } else if (head.status().code() == ResponseFlow.SWITCHING_PROTOCOLS) {
            upgrade(head);
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            take(ExchangeEvent.INTERIM);
            request.moved(context.nanoTime());
            if (!survey.isOld()) {
                HeaderWriter.write(head, false, false, HeaderWriter.Persistence.IMPLIED, toClient);
            }
        } else {
            boolean mayStay = request.isDone() && (!context.accounting().isEnding() || client.hasNext());
            request.forgetHead();
            ResponseFlow flow = new ResponseFlow(head, survey, mayStay, toClient);
            response = flow;
            take(flow.isEventStream() ? ExchangeEvent.STREAM_HEAD : ExchangeEvent.HEAD);
        }
    }

    private void upgrade(HttpResponse head) {
        UpstreamConnection server = upstream;
        if (server == null) {
            return;
        }
        upstream = null;
        take(ExchangeEvent.UPGRADED);
        HeaderWriter.write(head, false, false, HeaderWriter.Persistence.UPGRADED, toClient);
        toClient.flush();
        client.upgraded(server);
    }

    private void responseContent(HttpContent content) {
        ResponseFlow flow = response;
        if (flow == null) {
            // The empty end of an interim response.
            content.release();
        } else if (content.decoderResult().isFailure()) {
            content.release();
            upstreamUnusable("a chunk of its body is malformed");
        } else if (state == Open.LAST_EVENT && !(content instanceof LastHttpContent)) {
            if (flow.passToEventEnd(content.content())) {
                take(flow.cutPoint());
            }
        } else {
            context.accounting().bodySent(content.content().readableBytes());
            if (flow.pass(content)) {
                take(ExchangeEvent.ANSWER_ENDED);
            }
        }
    }

    private void upstreamUnusable(String problem) {
        context.log().upstreamBroken(problem);
        take(ExchangeEvent.UNUSABLE, context.answers().unusable());
    }

    @Override
    public void receivedAll() {
        toClient.flush();
        client.weighIfHolding();
    }

    @Override
    public void clientWritabilityChanged() {
        if (upstream != null) {
            upstream.setReading(toClient.isWritable());
        }
    }

    @Override
    public void writabilityChanged() {
        request.moved(context.nanoTime());
        client.updateReading();
    }

    @Override
    public void upstreamEnded(boolean broken) {
        boolean answerBegun = upstream != null && upstream.isInsideHead();
        upstream = null;
        if (state == Open.SENT) {
            context.log().upstreamBroken("the connection ended before an answer");
        } else if (state instanceof Open open && !open.isUnanswered()) {
            context.log().upstreamBroken("the connection ended in the middle of an answer");
        }
        // Only a request of which the server cannot have read anything is sent again.
        take(answerBegun ? ExchangeEvent.UNUSABLE : ExchangeEvent.SERVER_CLOSED, context.answers().unusable());
    }

    @Override
    public void clientGone() {
        take(ExchangeEvent.CLIENT_GONE);
    }

    @Override
    public boolean join(Cut next) {
        if (state == Final.OVER || !next.reaches(order)) {
            return false;
        }
        if (counted && cut != next) {
            if (cut != null) {
                cut.leave();
            }
            next.join();
            cut = next;
        }
        return true;
    }

    /** An event stream in the middle of an event goes on to its end. */
    @Override
    public void cut() {
        take(response == null ? ExchangeEvent.CUT_INSIDE_BODY : response.cutPoint(), context.answers().reclaimed());
    }

    @Override
    public void cutHard(boolean evenIfComplete) {
        if (!evenIfComplete) {
            take(ExchangeEvent.HARD_CUT);
        } else if (client.isDelivering()) {
            take(ExchangeEvent.LAST_CUT_IN_KERNEL);
        } else {
            take(ExchangeEvent.LAST_CUT);
        }
    }

    @Override
    public void delivered(boolean sent) {
        take(sent ? ExchangeEvent.DELIVERED : ExchangeEvent.NOT_DELIVERED);
    }

    /** The WebSocket that it became has ended. */
    void tunnelEnded(Outcome outcome) {
        take(ExchangeEvent.TUNNEL_ENDED);
        book(outcome);
    }

    private void take(ExchangeEvent event) {
        take(event, context.answers().unusable());
    }

    /** Takes one event; {@code answer} is what a client gets that has nothing of an answer yet. */
    private void take(ExchangeEvent event, Answer answer) {
        Step step = ExchangeMachine.step(state, event);
        state = step.state();
        switch (step.action()) {
            case NONE -> {
            }
            case CONNECT -> pool.connect(this);
            case DELIVER -> {
                releaseUpstream();
                client.finish(this);
            }
            case ANSWER -> {
                abortUpstream();
                client.answerInstead(answer, survey.isHead(), this);
            }
            case END_STREAM -> endStream(null);
            case END_STREAM_BY_EVENT -> endStream(context.answers().reclaimed());
            case RESET -> {
                abortUpstream();
                book(step.outcome());
                client.reset();
            }
            case ABORT -> {
                abortUpstream();
                book(step.outcome());
            }
            case GIVE_BACK -> {
                book(step.outcome());
                client.exchangeEnded(response != null && response.keepsClient());
            }
            case END -> {
                book(step.outcome());
                client.exchangeEnded(false);
            }
        }
    }

    /** The answer is whole: the connection to the server may serve another request, if nothing else waits on it. */
    private void releaseUpstream() {
        UpstreamConnection server = upstream;
        upstream = null;
        if (server != null) {
            server.release(request.isDone() && response != null && response.keepsUpstream() && server.out().isEmpty());
        }
    }

    /** Ends the event stream in a cut, by an event that says so if there is one. */
    private void endStream(@Nullable Answer event) {
        abortUpstream();
        if (response != null && event != null) {
            response.endWith(event.asEvent(response.hasNamedEvents()));
        } else if (response != null) {
            response.end(EmptyHttpHeaders.INSTANCE);
        }
        client.finish(this);
    }

    private void abortUpstream() {
        UpstreamConnection server = upstream;
        upstream = null;
        if (server != null) {
            server.close();
        }
        request.drop();
    }

    private void book(@Nullable Outcome outcome) {
        if (counted && outcome != null) {
            if (outcome == Outcome.COMPLETED && !survey.isWebSocket()) {
                long now = context.nanoTime();
                context.durations().record(survey.path(), now - startedNanos, now);
            }
            context.accounting().finish(outcome, order);
            if (cut != null) {
                cut.ended(outcome);
            }
        }
    }

    @Override
    public long startedNanos(long fallback) {
        return counted && state != Final.OVER ? startedNanos : fallback;
    }
}
