// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Accepts while there are descriptors for it: the rest of the process keeps its own, and clients wait in the kernel's queue.
 * An accepted connection is registered only after the events that epoll reported together with it: one of them may be of a
 * connection that was closed just now and had the same descriptor. Confined to the listening channel's event loop.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {

    private final GateBudget budget;

    Acceptor(GateBudget budget) {
        this.budget = budget;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof Channel accepted)) {
            ctx.fireChannelRead(message);
            return;
        }
        budget.connected();
        Channel listener = ctx.channel();
        if (!budget.hasDescriptors(() -> listener.eventLoop().execute(() -> resume(listener)))) {
            listener.config().setAutoRead(false);
        }
        listener.eventLoop().execute(() -> {
            if (ctx.isRemoved()) {
                budget.disconnected();
                accepted.unsafe().closeForcibly();
            } else {
                ctx.fireChannelRead(accepted);
            }
        });
    }

    private static void resume(Channel listener) {
        if (listener.isOpen()) {
            listener.config().setAutoRead(true);
        }
    }
}
