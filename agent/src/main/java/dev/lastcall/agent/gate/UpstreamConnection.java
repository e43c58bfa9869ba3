// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server: it serves one exchange at a time, or a WebSocket, or lies idle in the pool;
 * {@link UpstreamState} says which. It goes back to the pool only where its answer has ended and nothing came after it, and
 * any byte or end that comes there closes it. Confined to the event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

    /** Whom it serves: an exchange or a WebSocket. */
    interface User {

        /** Takes what the server has sent, and releases it. */
        void received(Object message);

        /** All that could be read has been received. */
        void receivedAll();

        /** The server takes more, or no more. */
        void writabilityChanged();

        /** The connection has ended; whether it was broken. The user has it no longer. */
        void upstreamEnded(boolean broken);
    }

    /** Keeps the connections that serve nothing. */
    interface Owner {

        /** It may serve another exchange. */
        void keep(UpstreamConnection connection);

        /** It is of no use any more. */
        void forget(UpstreamConnection connection);

        /** Closes it when the time for its last bytes is over. */
        void closeLater(UpstreamConnection connection);

        /** A fault of this program. */
        void unexpected(Throwable cause);
    }

    private final Owner owner;
    private final Channel channel;
    private final ResponseDecoder decoder;
    private final ReadControl readControl;
    private final WriteBuffer out;
    private UpstreamState state = UpstreamState.IDLE;
    private @Nullable User user;
    private long idleSince;

    UpstreamConnection(Owner owner, Channel channel, ResponseDecoder decoder, GateBudget budget) {
        this.owner = owner;
        this.channel = channel;
        this.decoder = decoder;
        // What came before the end is still to be read, at the client's pace.
        this.readControl = new ReadControl(channel, budget, () -> {}, () -> {});
        this.out = new WriteBuffer(channel);
    }

    /** Begins to serve an exchange. */
    void serve(User next, boolean answersHead) {
        state = state.after(UpstreamState.Event.SERVED);
        user = next;
        decoder.expect(answersHead);
    }

    /** Becomes one side of a WebSocket: bytes pass as they are from now on. */
    void upgrade(User next) {
        state = state.after(UpstreamState.Event.UPGRADED);
        user = next;
        channel.pipeline().remove(decoder);
    }

    /** The exchange is over; whether its two messages allow that the connection serves another. */
    void release(boolean reusable) {
        state = state.after(UpstreamState.Event.released(reusable, decoder.position(),
                channel.isActive() && !readControl.isEnded()));
        if (state == UpstreamState.IDLE) {
            user = null;
            readControl.setReading(true);
            owner.keep(this);
        } else {
            close();
        }
    }

    /** Whether bytes of an answer's head have come, and not yet all of it: the server has taken the request. */
    boolean isInsideHead() {
        return decoder.position() == ResponseDecoder.Position.BEGUN;
    }

    /** Whether an idle connection is still of use: nothing has come on it, not even what is not read yet. */
    boolean isQuiet(ByteBuffer scratch) {
        return state == UpstreamState.IDLE && channel.isActive() && SocketState.isQuiet(channel, scratch);
    }

    /** Closes once what is written has been taken, or the time for that is over. */
    void closeAfterWriting() {
        state = state.after(UpstreamState.Event.FINISHED);
        user = null;
        out.finish().addListener(written -> close());
        owner.closeLater(this);
    }

    void close() {
        state = state.after(UpstreamState.Event.CLOSED);
        user = null;
        out.drop();
        var _ = channel.close();
    }

    WriteBuffer out() {
        return out;
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void idleSince(long nanoTime) {
        idleSince = nanoTime;
    }

    long idleSince() {
        return idleSince;
    }

    void setReading(boolean reading) {
        readControl.setReading(reading);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        User current = user;
        if (current == null) {
            ReferenceCountUtil.release(message);
        } else {
            current.received(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (user != null) {
            user.receivedAll();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (user != null) {
            user.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event.equals(ResponseDecoder.LEFT_OVER)) {
            if (state.after(UpstreamState.Event.LEFT_OVER) != state) {
                owner.forget(this);
                close();
            }
        } else if (event instanceof ChannelInputShutdownEvent) {
            ended(SocketState.of(channel).isReset());
            var _ = channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (ReadControl.Paused.is(cause)) {
            return;
        }
        if (!(cause instanceof IOException)) {
            owner.unexpected(cause);
        }
        ended(true);
        var _ = channel.close();
    }

    private void ended(boolean broken) {
        User current = user;
        user = null;
        if (state == UpstreamState.IDLE) {
            owner.forget(this);
        }
        state = state.after(UpstreamState.Event.CLOSED);
        out.drop();
        if (current != null) {
            current.upstreamEnded(broken);
        }
    }
}
