// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;

/**
 * Netty's request decoder at its strictest, behind a {@link RawHeadValidator} of heads and trailers. A bad request comes out as one
 * {@link HttpRequest}, a bad trailer as one {@link LastHttpContent}, whose decoder result is a failure, and nothing comes
 * after it. While it is paused, bytes stay bytes. Confined to the event loop.
 */
final class RequestDecoder extends HttpRequestDecoder {

    /** A body arrives in pieces of at most this, which is also the most that is read from a socket at once. */
    static final int PIECE_BYTES = 64 * 1024;
    /** What a decoded field takes beside its text. */
    private static final int FIELD_BYTES = 96;
    /** Text is held twice: as it came and as it was decoded. */
    private static final int COPIES = 2;
    private static final int SCRATCH_BYTES = 512;

    /** What the bytes that come next belong to. */
    private enum Part {
        HEAD, BODY, CHUNKS, TRAILERS, NOTHING
    }

    private final RawHeadValidator scan;
    private Part part = Part.HEAD;
    private int lengths;
    private boolean coded;
    private boolean paused;
    private boolean reading;
    private boolean left;
    private int undelivered;

    RequestDecoder(GateSettings.Limits limits) {
        super(new HttpDecoderConfig().setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(PIECE_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setInitialBufferSize(SCRATCH_BYTES));
        scan = new RawHeadValidator(limits.headFields());
    }

    /** Whether the first bytes of a head are here and the rest is not. */
    boolean isInsideHead() {
        return part == Part.HEAD && scan.isInside();
    }

    /** Decodes nothing more until {@link #resume}. */
    void pause() {
        paused = true;
    }

    /** Goes on with the bytes that are here. */
    void resume(Channel channel) {
        paused = false;
        ChannelHandlerContext context = reading || !hasBytesLeft() ? null : channel.pipeline().context(this);
        if (context != null) {
            try {
                channelRead(context, Unpooled.EMPTY_BUFFER);
                channelReadComplete(context);
            } catch (Exception e) {
                context.fireExceptionCaught(e);
            }
        }
    }

    /** Leaves the channel: what comes from now on stays bytes. */
    void leave(Channel channel) {
        if (!left) {
            left = true;
            if (channel.pipeline().context(this) != null) {
                channel.pipeline().remove(this);
            }
        }
    }

    /** Whether bytes are here that have not been decoded. */
    boolean hasBytesLeft() {
        return !left && actualReadableBytes() > 0;
    }

    /** Whether bytes have been read and not passed on. */
    boolean holdsBytes() {
        return undelivered > 0 || hasBytesLeft();
    }

    /** Memory held by what has been read and not passed on. */
    long heldBytes() {
        if (left) {
            return 0;
        }
        ByteBuf buffer = internalBuffer();
        long raw = buffer.isReadable() ? buffer.capacity() : 0;
        long decoded = (long) COPIES * undelivered + (long) FIELD_BYTES * scan.lines();
        // The decoder keeps a copy of its longest line.
        return raw + decoded + scan.longestLine();
    }

    /** Memory that a decoded request takes. */
    static long weightOf(HttpRequest request) {
        return (long) COPIES * headBytes(request) + (long) FIELD_BYTES * request.headers().size();
    }

    private static int headBytes(HttpRequest request) {
        return request.decoderResult() instanceof HttpMessageDecoderResult result ? result.totalSize() : 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        boolean outermost = !reading;
        reading = true;
        try {
            super.channelRead(ctx, message);
        } finally {
            if (outermost) {
                reading = false;
            }
        }
    }

    /** Reads no more by itself than {@link ReadControl} lets it. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (part == Part.NOTHING) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (paused) {
            return;
        }
        if (isScanned() && !scan.scan(buffer)) {
            buffer.skipBytes(buffer.readableBytes());
            out.add(part == Part.HEAD ? badRequest() : badTrailer());
            part = Part.NOTHING;
            return;
        }
        int before = out.size();
        int start = buffer.readerIndex();
        super.decode(ctx, buffer, out);
        int taken = buffer.readerIndex() - start;
        if (isScanned()) {
            scan.consumed(taken);
        }
        undelivered = out.size() == before ? undelivered + taken : 0;
        if (part == Part.CHUNKS && out.size() == before && isLastChunk(buffer, start, taken)) {
            part = Part.TRAILERS;
            scan.restartAtTrailers();
        }
        for (int i = before; i < out.size(); i++) {
            note(out.get(i));
        }
    }

    private boolean isScanned() {
        return part == Part.HEAD || part == Part.TRAILERS;
    }

    private void note(Object message) {
        if (message instanceof HttpRequest request) {
            part = coded ? Part.CHUNKS : Part.BODY;
            coded = false;
            if (lengths > 1 && request.decoderResult().isSuccess()) {
                // The decoder itself takes the first of two lengths for HTTP/1.0.
                request.setDecoderResult(DecoderResult.failure(
                        new IllegalArgumentException("it has more than one Content-Length")));
            }
            lengths = 0;
        }
        if (message instanceof LastHttpContent) {
            part = Part.HEAD;
            scan.restart();
        }
    }

    /** Whether the decoder has just taken the line that announces the last chunk: a size of zero. */
    private static boolean isLastChunk(ByteBuf buffer, int start, int taken) {
        int at = start;
        while (at < start + taken && buffer.getByte(at) == '0') {
            at++;
        }
        return at > start && (at == start + taken || Character.digit(buffer.getByte(at), 16) < 0);
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        if (part == Part.HEAD) {
            Field field = Field.of(name);
            lengths += field == Field.CONTENT_LENGTH ? 1 : 0;
            coded |= field == Field.TRANSFER_ENCODING;
        }
        return name;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return false;
    }

    private HttpRequest badRequest() {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        request.setDecoderResult(DecoderResult.failure(scanned()));
        return request;
    }

    private LastHttpContent badTrailer() {
        LastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        end.setDecoderResult(DecoderResult.failure(scanned()));
        return end;
    }

    private Exception scanned() {
        return scan.hasTooMany()
                ? new TooLongHttpHeaderException(scan.problem())
                : new IllegalArgumentException(scan.problem());
    }
}
