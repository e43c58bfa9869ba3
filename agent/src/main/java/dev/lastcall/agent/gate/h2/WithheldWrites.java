// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.nio.channels.ClosedChannelException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back what a connection's handlers write until it leaves the pipeline. To leave out the flush is not enough: TLS, which is
 * nearer to the socket, sends all that it has been given whenever it has something of its own to send. Confined to the event loop.
 */
final class WithheldWrites extends ChannelOutboundHandlerAdapter {

    private @Nullable PendingWriteQueue kept;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        kept = new PendingWriteQueue(ctx);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        PendingWriteQueue queue = kept;
        if (queue == null) {
            var _ = ctx.write(message, promise);
        } else {
            queue.add(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        // There is nothing to send yet.
    }

    /** Sends it on; what is closed loses it. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        PendingWriteQueue queue = kept;
        kept = null;
        if (queue == null) {
            return;
        }
        if (ctx.channel().isActive()) {
            var _ = queue.removeAndWriteAll();
            ctx.flush();
        } else {
            queue.removeAndFailAll(new ClosedChannelException());
        }
    }
}
