// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;

/**
 * Netty's response decoder, told of each request whether its answer has a body. Lines may end in a bare LF: answers are
 * written anew, so nobody after the gate sees it. Confined to the event loop.
 */
final class ResponseDecoder extends HttpResponseDecoder {

    private boolean answersHead;

    ResponseDecoder(GateSettings.Limits limits) {
        super(new HttpDecoderConfig().setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(RequestDecoder.PIECE_BYTES)
                .setStrictLineParsing(false)
                .setInitialBufferSize(512));
    }

    /** Whether the next final response answers HEAD, and so ends with its head. */
    void expect(boolean answerToHead) {
        answersHead = answerToHead;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return true;
        }
        return answersHead || super.isContentAlwaysEmpty(message);
    }
}
