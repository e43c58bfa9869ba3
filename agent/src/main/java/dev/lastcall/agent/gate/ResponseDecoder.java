// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.channels.ClosedChannelException;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Netty's response decoder. It knows of each request whether its answer has a body, and it knows where the answers end.
 * Lines may end in a bare LF: the gate writes answers again, so no client sees it. Confined to the event loop.
 *
 * <pre>
 *   AT_BOUNDARY ──expect──▶ OWED ──a byte──▶ BEGUN ──final head──▶ INSIDE ──end──▶ AT_BOUNDARY
 *        │                   │ ▲               │                                       │
 *        │                   │ └─interim head──┘                                       │
 *        └──a byte──▶ SPOILED ◀──not HTTP──────┘◀──────────────a byte is left over─────┘
 * </pre>
 */
final class ResponseDecoder extends HttpResponseDecoder {

    /** Where the server's bytes stand. */
    enum Position {
        /** Each answer that was asked for has ended, and nothing came after it. */
        AT_BOUNDARY,
        /** An answer is asked for and has not begun; interim ones may have come. */
        OWED,
        /** In the head of an answer, interim or final. */
        BEGUN,
        /** In a final answer. */
        INSIDE,
        /** Bytes came that answer nothing: whatever follows could be taken for another's answer. */
        SPOILED
    }

    /** Reports to the connection that bytes came that answer no request. */
    static final Object LEFT_OVER = new Object();

    private Position position = Position.AT_BOUNDARY;
    private boolean answersHead;

    ResponseDecoder(GateSettings.Limits limits) {
        super(new HttpDecoderConfig().setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(RequestDecoder.PIECE_BYTES)
                .setStrictLineParsing(false)
                .setInitialBufferSize(512));
    }

    /** An answer is asked for; whether it answers HEAD, and so ends with its head. */
    void expect(boolean answerToHead) {
        answersHead = answerToHead;
        position = position == Position.AT_BOUNDARY ? Position.OWED : Position.SPOILED;
    }

    /** Where the server's bytes are: only at a boundary will the next request's answer be its own. */
    Position position() {
        return position;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        switch (position) {
            case AT_BOUNDARY, SPOILED -> {
                position = Position.SPOILED;
                buffer.skipBytes(buffer.readableBytes());
                ctx.fireUserEventTriggered(LEFT_OVER);
            }
            case OWED -> {
                // The decoder itself would skip what is left over of an answer before this one.
                if (buffer.getByte(buffer.readerIndex()) == 'H') {
                    position = Position.BEGUN;
                    decodeMore(ctx, buffer, out);
                } else {
                    position = Position.SPOILED;
                    buffer.skipBytes(buffer.readableBytes());
                    out.add(invalid());
                }
            }
            case BEGUN, INSIDE -> decodeMore(ctx, buffer, out);
        }
    }

    private void decodeMore(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        int before = out.size();
        super.decode(ctx, buffer, out);
        for (int i = before; i < out.size(); i++) {
            note(out.get(i));
        }
        if (position == Position.AT_BOUNDARY && buffer.isReadable()) {
            position = Position.SPOILED;
        }
    }

    private void note(Object message) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            position = Position.INSIDE;
        }
        if (message instanceof HttpObject object && object.decoderResult().isFailure()) {
            position = Position.SPOILED;
        } else if (message instanceof LastHttpContent) {
            position = switch (position) {
                case INSIDE -> Position.AT_BOUNDARY;
                case BEGUN -> Position.OWED;
                case AT_BOUNDARY, OWED, SPOILED -> position;
            };
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (position == Position.INSIDE && SocketState.of(ctx.channel()).isReset()) {
            // A body that ends with the connection is not complete because the connection broke.
            LastHttpContent broken = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
            broken.setDecoderResult(DecoderResult.failure(new ClosedChannelException()));
            position = Position.SPOILED;
            out.add(broken);
            return;
        }
        super.decodeLast(ctx, in, out);
    }

    private static HttpResponse invalid() {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY);
        response.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("it does not begin with HTTP")));
        return response;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return true;
        }
        return answersHead || super.isContentAlwaysEmpty(message);
    }

    /** Reads no more by itself than {@link ReadControl} lets it. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }
}
