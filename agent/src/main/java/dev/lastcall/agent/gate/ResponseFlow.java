// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One response on its way from the server to the client: how its body ends, what becomes of either connection, and, for
 * an event stream, how far it has come. Confined to the event loop.
 */
final class ResponseFlow {

    /** The answer that makes a WebSocket. */
    static final int SWITCHING_PROTOCOLS = 101;

    private static final AsciiString CHUNKED = AsciiString.cached("chunked");
    private static final AsciiString EVENT_STREAM = AsciiString.cached("text/event-stream");
    private static final AsciiString IDENTITY = AsciiString.cached("identity");
    /** A status is three digits (RFC 9112, 4); those from 600 on mean something to some who speak to each other. */
    private static final int LEAST_STATUS = 100;
    private static final int MOST_STATUS = 999;
    private static final char DELETE = 0x7f;

    /** How the client knows where the body ends. */
    private enum End {
        HEAD, LENGTH, CHUNKED, CLOSE
    }

    private final WriteBuffer out;
    private final End end;
    private final boolean keepsClient;
    private final boolean keepsUpstream;
    private final @Nullable SseTracker events;

    /**
     * Settles how the response goes on.
     *
     * @param mayStay whether the gate would let the client's connection live after it
     */
    ResponseFlow(HttpResponse response, RequestFraming survey, boolean mayStay, WriteBuffer out) {
        this.out = out;
        HttpHeaders headers = response.headers();
        int status = response.status().code();
        boolean length = headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        boolean bodiless = survey.isHead() || status == 204 || status == 304;
        if (bodiless) {
            end = End.HEAD;
        } else if (length) {
            end = End.LENGTH;
        } else {
            end = survey.isOld() ? End.CLOSE : End.CHUNKED;
        }
        // Not after a chunked body: llama-server closes after each stream without having said so, and the next request
        // would run into that. A new connection costs nothing beside a stream.
        keepsUpstream = HttpUtil.isKeepAlive(response) && (bodiless || length);
        keepsClient = mayStay && survey.staysOpen() && end != End.CLOSE;
        events = !bodiless && isEventStream(headers) ? new SseTracker() : null;
        HeaderWriter.Persistence persistence = !keepsClient
                ? HeaderWriter.Persistence.CLOSED
                : survey.isOld() ? HeaderWriter.Persistence.KEPT : HeaderWriter.Persistence.IMPLIED;
        HeaderWriter.write(response, end == End.CHUNKED, status != 204, persistence, out);
    }

    /** Why the response cannot be passed on; null if it can. */
    static @Nullable String problem(HttpResponse response, RequestFraming survey) {
        if (response.decoderResult().isFailure()) {
            return "it is not HTTP/1.1";
        }
        int status = response.status().code();
        if (status < LEAST_STATUS || status > MOST_STATUS) {
            return "its status is not of three digits";
        }
        if (!isText(response.status().reasonPhrase())) {
            return "its reason phrase has a control byte";
        }
        for (String coding : response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (!CHUNKED.contentEqualsIgnoreCase(coding.strip())) {
                return "its Transfer-Encoding is not chunked";
            }
        }
        return status == SWITCHING_PROTOCOLS ? upgradeProblem(survey, response) : null;
    }

    /** Why an answer that switches protocols does not make a WebSocket; null if it does. */
    private static @Nullable String upgradeProblem(RequestFraming survey, HttpResponse head) {
        if (!survey.isWebSocket()) {
            return "it switches protocols unasked";
        }
        return AsciiString.contentEqualsIgnoreCase("websocket", head.headers().get(HttpHeaderNames.UPGRADE, ""))
                ? null
                : "it switches to another protocol than was asked for";
    }

    /** Whether it has no control byte, as Netty sees to for the fields. */
    private static boolean isText(String phrase) {
        for (int i = 0; i < phrase.length(); i++) {
            char c = phrase.charAt(i);
            if ((c < ' ' && c != '\t') || c == DELETE) {
                return false;
            }
        }
        return true;
    }

    /** Passes on a piece of the body, which it releases, and the end with the last piece; whether it was the last. */
    boolean pass(HttpContent content) {
        ByteBuf bytes = content.content();
        if (events != null) {
            events.pass(bytes);
        }
        if (content instanceof LastHttpContent last) {
            HttpHeaders trailers = last.trailingHeaders();
            body(bytes);
            end(trailers);
            return true;
        }
        body(bytes);
        return false;
    }

    /**
     * Passes on an event stream's bytes up to the end of the event that is under way, and throws away the rest.
     *
     * @return whether that end was among them
     */
    boolean passToEventEnd(ByteBuf bytes) {
        if (events == null) {
            throw new IllegalStateException("not an event stream");
        }
        int length = events.passToEventEnd(bytes);
        body(length < 0 ? bytes : bytes.slice(bytes.readerIndex(), length));
        return length >= 0;
    }

    /** Ends an event stream with one last event. */
    void endWith(byte[] event) {
        body(Unpooled.wrappedBuffer(event));
        end(EmptyHttpHeaders.INSTANCE);
    }

    /** Ends the body as complete. */
    void end(HttpHeaders trailers) {
        if (end == End.CHUNKED) {
            HeaderWriter.writeEnd(trailers, out);
        }
    }

    boolean keepsClient() {
        return keepsClient;
    }

    boolean keepsUpstream() {
        return keepsUpstream;
    }

    boolean isEventStream() {
        return events != null;
    }

    /** What a cut meets now. */
    ExchangeEvent cutPoint() {
        if (events == null || end == End.LENGTH) {
            return ExchangeEvent.CUT_INSIDE_BODY;
        }
        if (!events.isBetweenEvents()) {
            return ExchangeEvent.CUT_INSIDE_EVENT;
        }
        return events.isDone() ? ExchangeEvent.CUT_AFTER_END_MARK : ExchangeEvent.CUT_BETWEEN_EVENTS;
    }

    /** Whether it is an event stream whose events have names, or none has gone by yet. */
    boolean hasNamedEvents() {
        return events != null && events.hasNames();
    }

    private void body(ByteBuf bytes) {
        switch (end) {
            case HEAD -> bytes.release();
            case CHUNKED -> out.chunk(bytes);
            case LENGTH, CLOSE -> out.raw(bytes);
        }
    }

    private static boolean isEventStream(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null || type.length() < EVENT_STREAM.length()
                || !EVENT_STREAM.regionMatches(true, 0, type, 0, EVENT_STREAM.length())) {
            return false;
        }
        String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        return coding == null || IDENTITY.contentEqualsIgnoreCase(coding);
    }
}
