// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.netty.buffer.ByteBuf;

/**
 * An answer of the gate's own, in the shape of the OpenAI API's errors, after which the connection ends. Immutable.
 */
final class Answer {

    private final byte[] head;
    private final byte[] body;
    private final byte[] named;
    private final byte[] unnamed;

    private Answer(String status, String type, String code, String message, String extraFields) {
        String error = "\"error\":{\"message\":\"" + message + "\",\"type\":\"" + type + "\",\"param\":null,\"code\":\""
                + code + "\"}";
        body = ("{" + error + "}\n").getBytes(StandardCharsets.US_ASCII);
        String data = "data: {\"type\":\"error\"," + error + ",\"code\":\"" + code + "\",\"message\":\"" + message
                + "\",\"param\":null}\n";
        named = ("event: error\n" + data + "\n").getBytes(StandardCharsets.US_ASCII);
        unnamed = (data + "event: error\n\n").getBytes(StandardCharsets.US_ASCII);
        head = ("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n"
                + extraFields + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** 400: the request is malformed or could be read in two ways. */
    static Answer malformed(String problem) {
        return error("400 Bad Request", "malformed_request",
                "The gate refused this request: " + problem.replaceAll("[^ -!#-\\[\\]-~]", "?"));
    }

    /** 408, 414, 431 or 505. */
    static Answer error(String status, String code, String message) {
        return new Answer(status, "invalid_request_error", code, message, "");
    }

    /** 502: the server gave no usable answer. */
    static Answer badGateway(String message) {
        return new Answer("502 Bad Gateway", "bad_gateway", "upstream_failed", message, "");
    }

    /** 503 with the wait that the client is asked for, never over {@link GateSettings#LONGEST_RETRY_AFTER}. */
    static Answer unavailable(String code, String message, Duration retryAfter) {
        long seconds = Math.clamp(retryAfter.toSeconds(), 1L, GateSettings.LONGEST_RETRY_AFTER.toSeconds());
        return new Answer("503 Service Unavailable", "service_unavailable", code, message,
                "Retry-After: " + seconds + "\r\n");
    }

    /** Writes it; to HEAD without its body. */
    void write(boolean toHead, WriteBuffer to) {
        ByteBuf out = to.room(head.length + body.length);
        out.writeBytes(head);
        if (!toHead) {
            out.writeBytes(body);
        }
    }

    /**
     * The same as the last event of a stream, in one form for every API: the clients of OpenAI's chat, completions and
     * responses raise on {@code error} in the data, those of Anthropic's messages on the event's name alone, and those that
     * read the responses' own schema on {@code type} with {@code code} and {@code message} beside it. The order of the two
     * fields means nothing to a client that follows the standard; one that looks at the first line of each event only finds
     * there what the stream's other events begin with.
     *
     * @param inNamed whether the stream's events have names
     */
    byte[] asEvent(boolean inNamed) {
        return inNamed ? named : unnamed;
    }
}
