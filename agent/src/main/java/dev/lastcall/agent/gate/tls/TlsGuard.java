// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * The handler behind TLS in a client's connection. What the client does wrong in TLS ends here; and a connection that is closed
 * without having been ended in order is closed without TLS's own end, which would make what was sent look whole. Confined to the
 * event loop.
 */
final class TlsGuard extends ChannelDuplexHandler {

    private final Consumer<Throwable> refused;
    private boolean failed;

    TlsGuard(Consumer<Throwable> refused) {
        this.refused = refused;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            fail(handshake.cause());
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable real = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (real instanceof SSLException) {
            fail(real);
            var _ = ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void fail(Throwable cause) {
        if (!failed) {
            failed = true;
            refused.accept(cause);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.channel().unsafe().close(promise);
    }
}
