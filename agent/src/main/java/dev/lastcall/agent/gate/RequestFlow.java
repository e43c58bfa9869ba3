// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way from the client to the server: its head for as long as it may have to be sent again, what of its
 * body came before there was a connection, and when its body last moved. Confined to the event loop.
 */
final class RequestFlow {

    /** A stalled upload is first looked after when so long nothing has moved, and then at growing distances. */
    private static final long FIRST_PROBE_NANOS = 3_000_000_000L;
    private static final int PROBE_FACTOR = 3;
    /** Go's client takes five interim answers for one request, and the server may send some too. */
    private static final int MOST_PROBES = 3;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final RequestFraming survey;
    private final ArrayDeque<HttpContent> early = new ArrayDeque<>(2);
    private @Nullable HttpRequest head;
    private boolean done;
    private long movedNanos;
    private int probes;
    private long nextProbe = FIRST_PROBE_NANOS;

    RequestFlow(HttpRequest head, RequestFraming survey, long now) {
        this.head = head;
        this.survey = survey;
        this.movedNanos = now;
    }

    /** Sends what is there; keeps the head if it may have to be sent again. */
    void sendTo(UpstreamConnection server, HeaderWriter headerWriter, boolean repeatable) {
        HttpRequest request = head;
        if (request == null) {
            throw new IllegalStateException("a request that cannot be repeated is to be sent again");
        }
        headerWriter.write(request, survey, server.out());
        if (!repeatable) {
            head = null;
        }
        for (HttpContent content = early.poll(); content != null; content = early.poll()) {
            forward(content, server);
        }
    }

    /** Passes on a piece of the body, or its end; keeps it where there is no connection yet. */
    void pass(HttpContent content, @Nullable UpstreamConnection server) {
        if (server == null) {
            early.add(content);
        } else {
            forward(content, server);
        }
    }

    private void forward(HttpContent content, UpstreamConnection server) {
        if (!survey.hasBody()) {
            content.release();
        } else if (!survey.chunked) {
            server.out().raw(content.content());
        } else if (content instanceof LastHttpContent last) {
            server.out().chunk(last.content());
            HeaderWriter.writeEnd(last.trailingHeaders(), server.out());
        } else {
            server.out().chunk(content.content());
        }
    }

    /** A piece has come from the client. */
    void came(HttpContent content, long now) {
        done |= content instanceof LastHttpContent;
        movedNanos = done ? movedNanos : now;
    }

    /** Something has moved: the server took bytes, or asked for the body. */
    void moved(long now) {
        movedNanos = now;
    }

    /** Whether all of it has come. */
    boolean isDone() {
        return done;
    }

    /** The server has it: it is not sent again. */
    void forgetHead() {
        head = null;
    }

    /** Nothing more goes to the server. */
    void drop() {
        head = null;
        for (HttpContent content = early.poll(); content != null; content = early.poll()) {
            content.release();
        }
    }

    /** Whether nothing of it has moved since {@code before}. */
    boolean isStill(long before) {
        return !done && movedNanos - before < 0;
    }

    /**
     * Finds out whether the client of an upload that the server does not take is still there. Its end lies behind the bytes
     * that wait, so it cannot be read; but who has closed answers any byte by a reset, and an interim answer may always come.
     */
    void probe(long now, WriteBuffer client) {
        if (!done && !survey.isOld() && probes < MOST_PROBES && now - movedNanos >= nextProbe) {
            probes++;
            nextProbe *= PROBE_FACTOR;
            client.room(CONTINUE.length).writeBytes(CONTINUE);
            client.flush();
        }
    }

    /** Memory that it holds. */
    long heldBytes() {
        long held = head == null ? 0 : RequestDecoder.weightOf(head);
        for (HttpContent content : early) {
            held += content.content().readableBytes();
        }
        return held;
    }
}
