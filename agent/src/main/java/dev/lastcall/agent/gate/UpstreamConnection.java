// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server: it serves one exchange at a time, or a WebSocket, or lies idle in the pool. Confined to
 * the event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

    private final UpstreamPool pool;
    private final Channel channel;
    private final ResponseDecoder decoder;
    private final Outflow out;
    private @Nullable Exchange exchange;
    private @Nullable Tunnel tunnel;
    private boolean reused;
    private long idleSince;

    UpstreamConnection(UpstreamPool pool, Channel channel, ResponseDecoder decoder) {
        this.pool = pool;
        this.channel = channel;
        this.decoder = decoder;
        this.out = new Outflow(channel);
    }

    /** Begins to serve an exchange. */
    void serve(Exchange next, boolean answersHead) {
        exchange = next;
        decoder.expect(answersHead);
    }

    /** Becomes one side of a WebSocket: bytes pass as they are from now on. */
    void serve(Tunnel next) {
        tunnel = next;
        exchange = null;
        channel.pipeline().remove(decoder);
    }

    /** The exchange is over; whether the connection can serve another. */
    void release(boolean reusable) {
        exchange = null;
        if (reusable && channel.isActive()) {
            channel.config().setAutoRead(true);
            reused = true;
            pool.keep(this);
        } else {
            close();
        }
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

    Outflow out() {
        return out;
    }

    Channel channel() {
        return channel;
    }

    boolean isActive() {
        return channel.isActive();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Whether it has served an exchange before this one. */
    boolean isReused() {
        return reused;
    }

    void idleSince(long nanoTime) {
        idleSince = nanoTime;
    }

    long idleSince() {
        return idleSince;
    }

    void setReading(boolean reading) {
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Exchange current = exchange;
        Tunnel open = tunnel;
        if (open != null && message instanceof ByteBuf bytes) {
            open.fromServer(bytes);
        } else if (current != null && message instanceof HttpResponse response) {
            current.responseHead(response);
        } else if (current != null && message instanceof HttpContent content) {
            current.responseContent(content);
        } else {
            ReferenceCountUtil.release(message);
            if (open == null && !(message instanceof HttpContent)) {
                // An answer to nothing: whatever follows on this connection could be taken for another's answer.
                pool.forget(this);
                close();
            }
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
    public void channelInactive(ChannelHandlerContext ctx) {
        ended(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            pool.unexpected(cause);
        }
        ended(true);
        var _ = channel.close();
    }

    private void ended(boolean broken) {
        Exchange current = exchange;
        Tunnel open = tunnel;
        exchange = null;
        tunnel = null;
        pool.forget(this);
        out.drop();
        if (current != null) {
            current.upstreamEnded(reused);
        } else if (open != null) {
            open.serverClosed(broken);
        }
    }
}
