// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Instant;

import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of one answer, up to a cap, and notes when its headers came; gives the exchange up, connection and all,
 * when asked to. Confined to the exchange's event loop.
 */
final class CappedBody implements BodyCodec<Buffer>, BodyStream<Buffer> {

    private final int capBytes;
    private final NodeClock clock;
    private final Buffer body = Buffer.buffer();
    private final Promise<Buffer> result = Promise.promise();
    private @Nullable HttpClientRequest request;
    private @Nullable Throwable givenUp;
    private boolean begun;
    private boolean reused;
    private long headersNanos;
    private Instant headersWallTime = Instant.EPOCH;

    CappedBody(int capBytes, NodeClock clock) {
        this.capBytes = capBytes;
        this.clock = clock;
    }

    /** The exchange has a connection now, an old one or a new. */
    void sentAs(HttpClientRequest sent, boolean overReusedConnection) {
        request = sent;
        reused = overReusedConnection;
        if (givenUp != null) {
            sent.reset(0, givenUp);
        }
    }

    /** Gives the exchange up. Its connection is closed, so that nothing more is read from it. */
    void giveUp(Throwable cause) {
        if (givenUp == null) {
            givenUp = cause;
            if (request != null) {
                request.reset(0, cause);
            }
            result.tryFail(cause);
        }
    }

    /** Whether nothing was heard over a connection that had served before: the server had closed it. */
    boolean wasStale() {
        return reused && !begun && givenUp == null;
    }

    /** Whether the question found a connection. */
    boolean wasSent() {
        return request != null;
    }

    long headersNanos() {
        return headersNanos;
    }

    Instant headersWallTime() {
        return headersWallTime;
    }

    @Override
    public BodyStream<Buffer> stream() {
        begun = true;
        headersNanos = clock.nanoTime();
        headersWallTime = clock.wallTime();
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (body.length() + data.length() > capBytes) {
            BodyTooLarge tooLarge = new BodyTooLarge(capBytes);
            giveUp(tooLarge);
            return Future.failedFuture(tooLarge);
        }
        body.appendBuffer(data);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(body);
        return Future.succeededFuture();
    }

    @Override
    public Future<Buffer> result() {
        return result.future();
    }

    @Override
    public void handle(Throwable cause) {
        result.tryFail(cause);
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }

    /** The body is longer than a metadata server's can be. */
    static final class BodyTooLarge extends Exception {
        private BodyTooLarge(int capBytes) {
            super("its body is over " + capBytes + " bytes");
        }
    }
}
