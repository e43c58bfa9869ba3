// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: takes its requests one after the other, with at most one more head read ahead, and ends so that
 * no request on the wire meets a reset. Confined to the event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ExchangeClient, WebSocketTunnel.Client {

    /** Looks after the connections of one event loop. */
    interface Owner {

        /** The connection waits for the kernel to have sent what it was given. */
        void awaitSent(ClientConnection client);

        /** The connection is closed. */
        void disconnected(ClientConnection client);
    }

    private final GateContext context;
    private final Admission admission;
    private final UpstreamPool pool;
    private final Owner owner;
    private final Channel channel;
    private final RequestDecoder decoder;
    private final ReadControl readControl;
    private final WriteBuffer out;
    private final Delivery delivery;
    private final GracefulClose closing;
    private final ClientMemory memory;
    private final HeaderWriter headerWriter;
    private final ConnectionTimeouts timeouts;
    private final PipelinedRequest next;
    private @Nullable Served served;
    private ClientState state = ClientState.IDLE;

    ClientConnection(GateContext context, Admission admission, UpstreamPool pool, Owner owner, Channel channel,
            RequestDecoder decoder) {
        this.context = context;
        this.admission = admission;
        this.pool = pool;
        this.owner = owner;
        this.channel = channel;
        this.decoder = decoder;
        this.readControl = new ReadControl(channel, context.budget(), this::close, () -> delivery().noteEnd());
        this.out = new WriteBuffer(channel);
        this.delivery = new Delivery(channel, out);
        this.closing = new GracefulClose(channel, out, context.clock(), context.settings().times().linger());
        this.headerWriter = new HeaderWriter(channel, context.settings().upstream());
        this.timeouts = new ConnectionTimeouts(context.settings().times(), context.nanoTime());
        this.next = new PipelinedRequest(context.accounting());
        this.memory = new ClientMemory(context.budget(), channel, () -> context.eventLoop().execute(this::evict),
                decoder,
                next, out);
    }

    /** Begins; false if the budget has no room for it. */
    boolean open() {
        return memory.begin();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // A client that asks again has the answer before; it must not wait for the next look.
        delivery.look();
        if (served instanceof WebSocketTunnel tunnel && message instanceof ByteBuf bytes) {
            tunnel.fromClient(bytes);
        } else if (!state.isTaking() || state == ClientState.TUNNEL) {
            closing.throwAway(message);
            updateReading();
        } else if (message instanceof HttpRequest request) {
            AdmissionDecision decision = admission.decide(request, memory);
            if (served == null) {
                take(decision);
            } else {
                decoder.pause();
                next.put(decision);
            }
        } else if (message instanceof HttpContent content && served instanceof Exchange exchange) {
            if (!next.takes(content)) {
                requestContent(exchange, content);
            }
            updateReading();
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void requestContent(Exchange current, HttpContent content) {
        if (content.decoderResult().isSuccess()) {
            current.requestContent(content);
        } else {
            content.release();
            current.giveUp(admission.refuseBody(content.decoderResult().cause()).answer());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        goOn();
    }

    /** Passes on what has been decoded, and settles what is read next. */
    private void goOn() {
        if (served != null) {
            served.flushToServer();
        } else if (state == ClientState.IDLE) {
            timeouts.noteHead(decoder.isInsideHead(), context.nanoTime());
        }
        weighIfHolding();
        updateReading();
    }

    private void take(AdmissionDecision decision) {
        timeouts.begun();
        switch (decision) {
            case AdmissionDecision.Forward forward -> {
                memory.setEvictable(false);
                state = state.after(ClientState.Event.REQUEST);
                Exchange begun = new Exchange(context, pool, this, out, headerWriter, forward);
                serve(begun);
                begun.start();
            }
            case AdmissionDecision.Refuse refuse when refuse.held() -> {
                stopTaking();
                closing.hold(() -> answer(refuse.answer(), refuse.toHead()));
            }
            case AdmissionDecision.Refuse refuse -> answer(refuse.answer(), refuse.toHead());
        }
    }

    /** The exchange's answer has been sent, or cannot be; the next request's turn has come. */
    @Override
    public void exchangeEnded(boolean keeps) {
        serve(null);
        state = state.after(keeps ? ClientState.Event.ANSWERED : ClientState.Event.ANSWERED_LAST);
        timeouts.ended(context.nanoTime());
        if (state != ClientState.IDLE) {
            endGently();
            return;
        }
        AdmissionDecision decision = next.poll();
        if (decision != null) {
            take(decision);
            if (served instanceof Exchange exchange && next.isWhole()) {
                exchange.requestContent(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
        decoder.resume(channel);
        goOn();
    }

    @Override
    public void finish(Delivery.Listener then) {
        delivery.finish(context.accounting().isEnding(), then, () -> owner.awaitSent(this));
    }

    @Override
    public boolean isDelivering() {
        return delivery.isUnderWay();
    }

    Delivery delivery() {
        return delivery;
    }

    @Override
    public void answerInstead(Answer answer, boolean toHead, Delivery.Listener sent) {
        stopTaking();
        answer.write(toHead, out);
        finish(sent);
        updateReading();
    }

    /** Writes the gate's own answer, and ends the connection. */
    void answer(Answer answer, boolean toHead) {
        answerInstead(answer, toHead, sent -> endGently());
    }

    @Override
    public void upgraded(UpstreamConnection server) {
        if (!(served instanceof Exchange exchange)) {
            throw new IllegalStateException("no exchange is served");
        }
        WebSocketTunnel begun = new WebSocketTunnel(context.accounting(), this, out, readControl, server, exchange);
        serve(begun);
        state = state.after(ClientState.Event.UPGRADED);
        next.drop(Outcome.CLIENT_GONE);
        begun.begin();
        decoder.leave(channel);
    }

    /** Sends what is written, then the end of the stream, and reads on for a while; what still comes is thrown away. */
    @Override
    public void endGently() {
        stopTaking();
        if (state == ClientState.ENDING) {
            serve(null);
        }
        delivery.forget();
        next.drop(Outcome.CLIENT_GONE);
        updateReading();
        closing.shutAfterWriting();
        memory.settle();
        memory.setEvictable(true);
    }

    /** Ends an idle connection, after an answer for a request that may be on its way; without one the client ignores it. */
    private void endIdle(Answer answer) {
        stopTaking();
        answer.write(false, out);
        endGently();
    }

    private void stopTaking() {
        state = state.after(ClientState.Event.ENDS);
        if (closing.begin()) {
            decoder.leave(channel);
            memory.settle();
            memory.setEvictable(served == null);
        }
    }

    @Override
    public void reset() {
        stopTaking();
        closing.reset();
    }

    /** The agent ends: what is whole is left to the kernel, what is not is reset, and idle clients are notified. */
    void leave() {
        if (state == ClientState.TUNNEL && served != null) {
            served.cutHard(true);
        } else if (delivery.isUnderWay()) {
            endGently();
        } else if (state == ClientState.IDLE) {
            endIdle(admission.goodbye());
        } else if (state.isTaking()) {
            reset();
        }
    }

    /** Closes it, and leaves to the kernel what the kernel has. */
    void close() {
        var _ = channel.close();
    }

    /** Ends a connection that serves no request, because others need the room. */
    private void evict() {
        if (served != null) {
            memory.settle();
        } else if (state == ClientState.IDLE) {
            refuse(Refusal.MEMORY, context.answers().memory());
        } else {
            close();
        }
    }

    private void refuse(Refusal reason, Answer answer) {
        context.accounting().refused(reason);
        answer(answer, false);
    }

    /** {@link #weigh}, if bytes wait here: what else it holds changes at a request, and is let go of at a tick. */
    @Override
    public void weighIfHolding() {
        if (memory.isHolding()) {
            weigh();
        }
    }

    /** Books what the connection holds now, and does without what it may not hold. */
    void weigh() {
        if (memory.weigh()) {
            return;
        }
        if (state == ClientState.IDLE) {
            refuse(Refusal.MEMORY, context.answers().memory());
        } else if (served instanceof Exchange exchange && exchange.isRequestDone() && next.isEmpty()
                && decoder.hasBytesLeft()) {
            // Requests that were sent ahead are not let in yet: their client may send them again.
            state = state.after(ClientState.Event.NO_NEXT);
            decoder.leave(channel);
        }
        memory.settle();
    }

    /** Reads from the client unless its bytes would pile up here. */
    @Override
    public void updateReading() {
        if (state != ClientState.TUNNEL) {
            boolean wanted = next.isEmpty() && (!(served instanceof Exchange exchange) || exchange.wantsToRead());
            readControl.setReading(state.isTaking() ? wanted : closing.mayRead());
        }
    }

    @Override
    public boolean hasNext() {
        return !next.isEmpty();
    }

    /** When the request that is being served was admitted; {@code fallback} if none is. */
    long startedNanos(long fallback) {
        return served == null ? fallback : served.startedNanos(fallback);
    }

    /** Looks for what has taken too long. */
    void tick(long now) {
        if (!state.isTaking()) {
            closing.tick(now, state.isServing());
            updateReading();
        } else if (served != null) {
            served.tick(now, context.settings().times().requestBody().toNanos());
            weigh();
        } else {
            memory.setEvictable(true);
            weigh();
            switch (timeouts.verdict(now, admission)) {
                case GO_ON -> {
                }
                case HEAD_LATE -> refuse(Refusal.TIMEOUT, context.answers().headTimeout());
                case LEFT -> endIdle(admission.goodbye());
                case IDLE -> endIdle(context.answers().idle());
            }
        }
    }

    /** Cuts what it serves, if the cut reaches that. */
    void cut(Cut cut) {
        Served current = served;
        if (current != null && current.join(cut)) {
            if (next.cut(cut)) {
                state = state.after(ClientState.Event.NO_NEXT);
            }
            current.cut();
        }
    }

    void cutHard(Cut cut, boolean evenIfComplete) {
        Served current = served;
        if (current != null && current.join(cut)) {
            current.cutHard(evenIfComplete);
        }
    }

    private void serve(@Nullable Served now) {
        served = now;
        memory.serve(now);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (served != null) {
            served.clientWritabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        owner.disconnected(this);
        state = state.after(ClientState.Event.ENDS);
        closing.begin();
        delivery.end();
        out.drop();
        state = state.after(ClientState.Event.CLOSED);
        Served current = served;
        serve(null);
        delivery.forget();
        if (current != null) {
            current.clientGone();
        }
        next.drop(Outcome.CLIENT_GONE);
        memory.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!ReadControl.Paused.is(cause)) {
            if (!(cause instanceof IOException)) {
                context.log().unexpected(cause);
            }
            close();
        }
    }
}
