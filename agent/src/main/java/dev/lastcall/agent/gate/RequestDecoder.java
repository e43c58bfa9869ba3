// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;

/**
 * Netty's request decoder at its strictest, behind a {@link HeadScan}. A bad request comes out as one
 * {@link HttpRequest} whose decoder result is a failure, and nothing comes after it. Confined to the event loop.
 */
final class RequestDecoder extends HttpRequestDecoder {

    /** A body arrives in pieces of at most this, which is also the most that is read from a socket at once. */
    static final int PIECE_BYTES = 64 * 1024;

    private final HeadScan scan;
    private boolean inHead = true;
    private boolean bad;
    private int lengths;

    RequestDecoder(GateSettings.Limits limits) {
        super(new HttpDecoderConfig().setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(PIECE_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setInitialBufferSize(512));
        scan = new HeadScan(limits.headFields());
    }

    /** Whether the first bytes of a head are here and the rest is not. */
    boolean isInsideHead() {
        return inHead && scan.isInside();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (bad) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (inHead && !scan.scan(buffer)) {
            bad = true;
            buffer.skipBytes(buffer.readableBytes());
            out.add(badRequest(scan));
            return;
        }
        int before = out.size();
        int start = buffer.readerIndex();
        super.decode(ctx, buffer, out);
        if (inHead) {
            scan.consumed(buffer.readerIndex() - start);
        }
        for (int i = before; i < out.size(); i++) {
            Object message = out.get(i);
            if (message instanceof HttpRequest request) {
                inHead = false;
                if (lengths > 1 && request.decoderResult().isSuccess()) {
                    // The decoder itself takes the first of two lengths for HTTP/1.0.
                    request.setDecoderResult(DecoderResult.failure(
                            new IllegalArgumentException("it has more than one Content-Length")));
                }
                lengths = 0;
            }
            if (message instanceof LastHttpContent) {
                inHead = true;
                scan.restart();
            }
        }
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        if (inHead && Field.of(name) == Field.CONTENT_LENGTH) {
            lengths++;
        }
        return name;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return false;
    }

    private static HttpRequest badRequest(HeadScan scan) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        request.setDecoderResult(DecoderResult.failure(
                scan.hasTooMany()
                        ? new TooLongHttpHeaderException(scan.problem())
                        : new IllegalArgumentException(scan.problem())));
        return request;
    }
}
