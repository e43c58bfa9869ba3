// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

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
 * no request on the wire meets a reset. Confined to the event context.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements
            Exchange.Client,
            WebSocketTunnel.Client,
            Admission.Room {

    /** Looks after the connections of one event context. */
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
    private final GateBudget.Account account;
    private final HeaderWriter headerWriter;
    private final ConnectionTimeouts timeouts;
    private final PipelinedRequest next;
    private @Nullable Exchange exchange;
    private @Nullable WebSocketTunnel tunnel;
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
        InetAddress address = channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : InetAddress.getLoopbackAddress();
        this.account = context.budget().open(address, () -> context.eventLoop().execute(this::evict));
        this.headerWriter = new HeaderWriter(address, context.settings().upstream());
        this.timeouts = new ConnectionTimeouts(context.settings().times(), channel.id().hashCode(), context.nanoTime());
        this.next = new PipelinedRequest(context.accounting());
    }

    /** Begins; false if the budget has no room for it. */
    boolean open() {
        return account.begin(GateBudget.CONNECTION_BYTES);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // A client that asks again has the answer before; it must not wait for the next look.
        delivery.look();
        if (tunnel != null && message instanceof ByteBuf bytes) {
            tunnel.fromClient(bytes);
        } else if (!state.isTaking() || state == ClientState.TUNNEL) {
            closing.throwAway(message);
            updateReading();
        } else if (message instanceof HttpRequest request) {
            AdmissionDecision decision = admission.decide(request, this);
            if (exchange == null) {
                take(decision);
            } else {
                decoder.pause();
                next.put(decision);
            }
        } else if (message instanceof HttpContent content && exchange != null) {
            requestContent(exchange, content);
            updateReading();
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void requestContent(Exchange current, HttpContent content) {
        if (next.takes(content)) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            current.giveUp(admission.refuseBody(cause).answer());
        } else {
            current.requestContent(content);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        goOn();
    }

    /** Passes on what has been decoded, and settles what is read next. */
    private void goOn() {
        if (tunnel != null) {
            tunnel.flushToServer();
        } else if (exchange != null) {
            exchange.flushRequest();
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
                account.setEvictable(false);
                state = state.after(ClientState.Event.REQUEST);
                Exchange begun = new Exchange(context, pool, this, forward);
                exchange = begun;
                begun.start();
            }
            case AdmissionDecision.Refuse refuse -> answer(refuse.answer(), refuse.toHead());
        }
    }

    /** The exchange's answer has been sent, or cannot be; the next request's turn has come. */
    @Override
    public void exchangeEnded(Exchange ended, boolean keeps) {
        if (exchange != ended) {
            return;
        }
        exchange = null;
        state = state.after(keeps ? ClientState.Event.ANSWERED : ClientState.Event.ANSWERED_LAST);
        timeouts.ended(context.nanoTime());
        if (state != ClientState.IDLE) {
            endGently();
            return;
        }
        AdmissionDecision decision = next.poll();
        if (decision != null) {
            take(decision);
            if (exchange != null && next.isWhole()) {
                exchange.requestContent(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
        decoder.resume(channel);
        goOn();
    }

    /** Writes what is left, and reports whether the client got it. */
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

    /** Writes the gate's own answer in the place of the exchange's, and reports whether it was sent. */
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
    public void upgraded(Exchange upgraded, UpstreamConnection server) {
        WebSocketTunnel begun = new WebSocketTunnel(context.accounting(), this, server, upgraded);
        exchange = null;
        tunnel = begun;
        state = state.after(ClientState.Event.UPGRADED);
        next.drop(Outcome.CLIENT_GONE);
        begun.begin();
        decoder.leave(channel);
    }

    /** Sends what is written, then the end of the stream, and reads on for a while; what still comes is thrown away. */
    @Override
    public void endGently() {
        stopTaking();
        tunnel = null;
        delivery.forget();
        next.drop(Outcome.CLIENT_GONE);
        updateReading();
        closing.shutAfterWriting();
        account.settle(heldBytes());
        account.setEvictable(true);
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
            account.settle(heldBytes());
            account.setEvictable(exchange == null && tunnel == null);
        }
    }

    /** Ends the connection so that the client cannot take what it has for the whole. */
    @Override
    public void reset() {
        stopTaking();
        closing.reset();
    }

    /** The agent ends: what is whole is left to the kernel, what is not is reset, and idle clients are notified. */
    void leave() {
        if (tunnel != null) {
            tunnel.cutHard();
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
        if (exchange != null || tunnel != null) {
            account.settle(heldBytes());
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

    /** Whether the budget has room for one more request. */
    @Override
    public boolean hasRoomFor(HttpRequest request) {
        return account.hold(heldBytes() + Exchange.BYTES + RequestDecoder.weightOf(request));
    }

    private long heldBytes() {
        long held = GateBudget.CONNECTION_BYTES + decoder.heldBytes() + next.heldBytes() + out.pendingBytes();
        if (exchange != null) {
            held += exchange.heldBytes();
        }
        return tunnel == null ? held : held + Exchange.BYTES + tunnel.heldBytes();
    }

    /** {@link #weigh}, if bytes wait here: what else it holds changes at a request, and is let go of at a tick. */
    @Override
    public void weighIfHolding() {
        if (out.pendingBytes() > 0 || decoder.holdsBytes() || (exchange != null && exchange.holdsBytes())) {
            weigh();
        }
    }

    /** Books what the connection holds now, and does without what it may not hold. */
    void weigh() {
        out.setSmall(context.budget().isTight());
        if (exchange != null) {
            exchange.setSmall(context.budget().isTight());
        }
        if (account.hold(heldBytes())) {
            return;
        }
        if (state == ClientState.IDLE) {
            refuse(Refusal.MEMORY, context.answers().memory());
        } else if (exchange != null && exchange.isRequestDone() && next.isEmpty() && decoder.hasBytesLeft()) {
            // Requests that were sent ahead are not let in yet: their client may send them again.
            state = state.after(ClientState.Event.NO_NEXT);
            decoder.leave(channel);
        }
        account.settle(heldBytes());
    }

    /** Reads from the client unless its bytes would pile up here. */
    @Override
    public void updateReading() {
        if (state != ClientState.TUNNEL) {
            boolean wanted = next.isEmpty() && (exchange == null || exchange.wantsToRead());
            setReading(state.isTaking() ? wanted : closing.mayRead());
        }
    }

    @Override
    public void setReading(boolean reading) {
        readControl.setReading(reading);
    }

    @Override
    public boolean hasNext() {
        return !next.isEmpty();
    }

    @Override
    public WriteBuffer out() {
        return out;
    }

    @Override
    public HeaderWriter headerWriter() {
        return headerWriter;
    }

    /** When the request that is being served was admitted; {@code fallback} if none is. */
    long startedNanos(long fallback) {
        return exchange == null ? fallback : exchange.startedNanos(fallback);
    }

    /** Looks for what has taken too long. */
    void tick(long now) {
        if (!state.isTaking()) {
            closing.tick(now, state.isServing());
            updateReading();
        } else if (exchange != null) {
            exchange.tick(now, context.settings().times().requestBody().toNanos());
            weigh();
        } else if (tunnel != null) {
            weigh();
        } else {
            account.setEvictable(true);
            weigh();
            switch (timeouts.verdict(now, admission)) {
                case GO_ON -> {
                }
                case HEAD_LATE -> refuse(Refusal.TIMEOUT, context.answers().headTimeout());
                case DOOR -> endIdle(admission.goodbye());
                case IDLE -> endIdle(context.answers().idle());
            }
        }
    }

    /** Cuts what it serves, if the cut reaches that. */
    void cut(Cut cut) {
        Exchange current = reachedBy(cut);
        if (current != null) {
            if (next.cut(cut)) {
                state = state.after(ClientState.Event.NO_NEXT);
            }
            if (tunnel != null) {
                tunnel.cut();
            } else {
                current.cut();
            }
        }
    }

    void cutHard(Cut cut, boolean evenIfComplete) {
        Exchange current = reachedBy(cut);
        if (current != null && tunnel != null) {
            tunnel.cutHard();
        } else if (current != null) {
            current.cutHard(evenIfComplete);
        }
    }

    private @Nullable Exchange reachedBy(Cut cut) {
        Exchange current = tunnel == null ? exchange : tunnel.exchange();
        return current != null && current.join(cut) ? current : null;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (tunnel != null) {
            tunnel.writabilityChanged();
        } else if (exchange != null) {
            exchange.clientWritabilityChanged();
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
        Exchange current = exchange;
        WebSocketTunnel open = tunnel;
        exchange = null;
        tunnel = null;
        delivery.forget();
        if (current != null) {
            current.clientGone();
        }
        if (open != null) {
            open.clientClosed();
        }
        next.drop(Outcome.CLIENT_GONE);
        account.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (ReadControl.Paused.is(cause)) {
            return;
        }
        if (!(cause instanceof IOException)) {
            context.log().unexpected(cause);
        }
        close();
    }
}
