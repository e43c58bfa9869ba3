// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Looks at the first bytes of a connection: are they HTTP/2's preface, which no request of HTTP/1.1 begins with? It leaves
 * the pipeline with the first byte that decides, and until then holds no more than the preface. How long it may wait is
 * the bound of the handler behind it, which waits for the first request. Confined to the event loop.
 */
public final class PrefaceDetector extends ChannelInboundHandlerAdapter {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Takes over a connection that begins with the preface. */
    @FunctionalInterface
    public interface Listener {

        /** @param bytes what has come, the preface first; to be released */
        void preface(ByteBuf bytes);
    }

    private final Listener listener;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;

    /** @param listener called at most once; the detector has left the pipeline then */
    public PrefaceDetector(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf come)) {
            ctx.fireChannelRead(message);
            return;
        }
        ByteBuf bytes = held.isReadable() ? Unpooled.wrappedBuffer(held, come) : come;
        held = Unpooled.EMPTY_BUFFER;
        int seen = Math.min(bytes.readableBytes(), PREFACE.length);
        if (!isPreface(bytes, seen)) {
            // What is read goes on from here, in the order in which it came.
            ctx.fireChannelRead(bytes);
            ctx.pipeline().remove(this);
        } else if (seen < PREFACE.length) {
            held = bytes;
        } else {
            ctx.pipeline().remove(this);
            listener.preface(bytes);
        }
    }

    private static boolean isPreface(ByteBuf bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }
}
