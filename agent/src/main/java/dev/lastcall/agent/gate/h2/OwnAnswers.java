// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;

/** The gate's own answers to streams that do not go to the server, on one connection. Confined to the event loop. */
final class OwnAnswers {

    private static final int PREFIX_BYTES = 5;

    private final SessionHandler handler;
    private final long retryAfter;
    private final Runnable sent;
    private int open;

    /** @param sent called when one has been sent */
    OwnAnswers(SessionHandler handler, long retryAfter, Runnable sent) {
        this.handler = handler;
        this.retryAfter = retryAfter;
        this.sent = sent;
    }

    /** Whether none is on its way. */
    boolean areSent() {
        return open == 0;
    }

    void answer(int id, Http2Headers head, GateAnswer answer) {
        open++;
        if (RequestHead.isGrpc(head)) {
            handler.head(id, answer.asOnlyHead(), true, last(id));
        } else {
            handler.head(id, answer.asHead(retryAfter), false, written -> {});
            handler.data(id, Unpooled.wrappedBuffer(answer.body()), true, last(id));
        }
    }

    /** A probe gets what it understands: a message of gRPC, or a status of HTTP. */
    void answerProbe(int id, Http2Headers head, String path) {
        byte[] message = ProbePaths.notReady(path).orElse(null);
        if (message == null || !RequestHead.isGrpc(head)) {
            answer(id, head, GateAnswer.DRAINING);
            return;
        }
        open++;
        Http2Headers first = new DefaultHttp2Headers(false);
        first.status("200");
        first.add("content-type", "application/grpc");
        handler.head(id, first, false, written -> {});
        ByteBuf body = Unpooled.buffer(PREFIX_BYTES + message.length)
                .writeByte(0)
                .writeInt(message.length)
                .writeBytes(message);
        handler.data(id, body, false, written -> {});
        Http2Headers trailers = new DefaultHttp2Headers(false);
        trailers.add("grpc-status", "0");
        handler.head(id, trailers, true, last(id));
    }

    private Consumer<Boolean> last(int id) {
        return written -> {
            open--;
            // What the client may still send of its request is of no use.
            handler.reset(id, Http2Error.NO_ERROR.code());
            sent.run();
        };
    }
}
