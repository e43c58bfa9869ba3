// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One client connection: gathers requests, answers them one after the other. Confined to the event loop. */
final class Connection extends ChannelInboundHandlerAdapter {

    /** Metadata servers take small bodies only; Azure's StartRequests is the largest. */
    private static final int MAX_BODY_BYTES = 64 * 1024;
    /** A client that sends more requests ahead than this is cut off. */
    private static final int MAX_PIPELINED = 16;

    private record Read(HttpRequest head, String body) {}

    private final ScriptEngine scriptEngine;
    private final int number;
    private final Queue<Read> ahead = new ArrayDeque<>();
    private final ByteBuf body = Unpooled.buffer(0, MAX_BODY_BYTES);
    private Optional<HttpRequest> head = Optional.empty();
    private Optional<SimulatedExchange> current = Optional.empty();
    private @Nullable ChannelHandlerContext channel;

    Connection(ScriptEngine scriptEngine, int number) {
        this.scriptEngine = scriptEngine;
        this.number = number;
    }

    int number() {
        return number;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context;
        scriptEngine.opened(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        current.ifPresent(SimulatedExchange::abandon);
        ahead.clear();
        scriptEngine.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpRequest request) {
                if (request.decoderResult().isFailure()) {
                    refuse();
                    return;
                }
                head = Optional.of(request);
                body.clear();
                if (HttpUtil.is100ContinueExpected(request)) {
                    write(Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII), () -> {});
                }
            }
            if (message instanceof HttpContent content && head.isPresent()) {
                take(content, head.get());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(HttpContent content, HttpRequest request) {
        if (content.decoderResult().isFailure() || content.content().readableBytes() > body.maxWritableBytes()) {
            head = Optional.empty();
            refuse();
            return;
        }
        body.writeBytes(content.content());
        if (content instanceof LastHttpContent) {
            head = Optional.empty();
            if (ahead.size() >= MAX_PIPELINED) {
                end(false);
                return;
            }
            ahead.add(new Read(request, body.toString(StandardCharsets.UTF_8)));
            answerNext();
        }
    }

    /** What came is no request. While an earlier one is being answered there is no place for a 400 on the wire. */
    private void refuse() {
        if (current.isPresent()) {
            end(true);
        } else {
            scriptEngine.malformed(this);
        }
    }

    private void answerNext() {
        if (current.isEmpty() && !ahead.isEmpty()) {
            Read read = ahead.remove();
            scriptEngine.answer(read.head(), read.body(), this).ifPresent(simulatedExchange -> {
                current = Optional.of(simulatedExchange);
                scriptEngine.begin(simulatedExchange);
            });
        }
    }

    /** The exchange has sent its whole answer. */
    void finished(SimulatedExchange simulatedExchange) {
        if (current.filter(open -> open == simulatedExchange).isPresent()) {
            current = Optional.empty();
            answerNext();
        }
    }

    /** Writes the bytes, and runs {@code then} on the event loop when the network has taken them. */
    void write(ByteBuf bytes, Runnable then) {
        if (channel == null) {
            bytes.release();
            return;
        }
        channel.writeAndFlush(bytes).addListener(written -> {
            if (written.isSuccess()) {
                then.run();
            }
        });
    }

    /** Ends the connection: with a TCP reset, or in good order. Harmless when it has ended. */
    void end(boolean reset) {
        if (channel == null || !channel.channel().isOpen()) {
            return;
        }
        current.ifPresent(simulatedExchange -> simulatedExchange.cut(reset));
        if (reset) {
            channel.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var _ = channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }
}
