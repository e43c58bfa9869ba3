// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server: it serves one exchange at a time, or a WebSocket, or lies idle in the pool. It goes back to
 * the pool only where its answer has ended and nothing came after it, and any byte or end that comes there closes it.
 * Confined to the event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

    private final UpstreamPool pool;
    private final Channel channel;
    private final ResponseDecoder decoder;
    private final ReadControl readControl;
    private final WriteBuffer out;
    private @Nullable Exchange exchange;
    private @Nullable WebSocketTunnel tunnel;
    private long idleSince;

    UpstreamConnection(UpstreamPool pool, Channel channel, ResponseDecoder decoder, GateBudget budget) {
        this.pool = pool;
        this.channel = channel;
        this.decoder = decoder;
        // What came before the end is still to be read, at the client's pace.
        this.readControl = new ReadControl(channel, budget, () -> {}, () -> {});
        this.out = new WriteBuffer(channel);
    }

    /** Begins to serve an exchange. */
    void serve(Exchange next, boolean answersHead) {
        exchange = next;
        decoder.expect(answersHead);
    }

    /** Becomes one side of a WebSocket: bytes pass as they are from now on. */
    void serve(WebSocketTunnel next) {
        tunnel = next;
        exchange = null;
        channel.pipeline().remove(decoder);
    }

    /** The exchange is over; whether its two messages allow that the connection serves another. */
    void release(boolean reusable) {
        exchange = null;
        if (reusable && channel.isActive() && decoder.isAtBoundary() && !readControl.isEnded()) {
            readControl.setReading(true);
            pool.keep(this);
        } else {
            close();
        }
    }

    /** Whether an idle connection is still of use: nothing has come on it, not even what is not read yet. */
    boolean isQuiet(ByteBuffer scratch) {
        return channel.isActive() && decoder.isAtBoundary() && SocketState.isQuiet(channel, scratch);
    }

    /** Closes once what is written has been taken, or the time for that is over. */
    void closeAfterWriting() {
        exchange = null;
        tunnel = null;
        out.finish().addListener(written -> close());
        pool.closeLater(this);
    }

    void close() {
        exchange = null;
        tunnel = null;
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
        Exchange current = exchange;
        WebSocketTunnel open = tunnel;
        if (open != null && message instanceof ByteBuf bytes) {
            open.fromServer(bytes);
        } else if (current != null && message instanceof HttpResponse response) {
            current.responseHead(response);
        } else if (current != null && message instanceof HttpContent content) {
            current.responseContent(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.flushResponse();
        } else if (tunnel != null) {
            tunnel.flushToClient();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.upstreamWritabilityChanged();
        } else if (tunnel != null) {
            tunnel.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event.equals(ResponseDecoder.LEFT_OVER)) {
            if (exchange == null && tunnel == null) {
                pool.forget(this);
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
            pool.unexpected(cause);
        }
        ended(true);
        var _ = channel.close();
    }

    private void ended(boolean broken) {
        Exchange current = exchange;
        WebSocketTunnel open = tunnel;
        exchange = null;
        tunnel = null;
        pool.forget(this);
        out.drop();
        if (current != null) {
            current.upstreamEnded();
        } else if (open != null) {
            open.serverClosed(broken);
        }
    }
}
