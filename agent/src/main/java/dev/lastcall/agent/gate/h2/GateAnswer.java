// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.nio.charset.StandardCharsets;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * An answer of the gate's own: to a call of gRPC a status, to anything else the JSON that clients of HTTP/1.1 get.
 *
 * @param status  of HTTP
 * @param code    what happened, for programs
 * @param message the same for people
 */
record GateAnswer(int status, String code, String message) {

    static final GateAnswer DRAINING = new GateAnswer(503, "node_draining",
            "This node is being reclaimed and takes no new requests; retry.");
    static final GateAnswer RECLAIMED = new GateAnswer(503, "node_reclaimed",
            "This node is being reclaimed; the request was cut; retry.");
    static final GateAnswer UNREACHABLE = new GateAnswer(503, "upstream_unreachable",
            "The server behind the gate cannot be reached; retry.");
    static final GateAnswer UNUSABLE = new GateAnswer(502, "upstream_failed",
            "The server behind the gate ended the connection or gave no valid answer.");
    static final GateAnswer MEMORY = new GateAnswer(503, "gate_memory",
            "The gate has no memory left for this request; retry.");

    /** gRPC's UNAVAILABLE, which clients retry where their policy lets them. */
    private static final String UNAVAILABLE = "14";
    private static final int RETRIED = 503;

    /** A call's only head, which is its trailers too. */
    Http2Headers asOnlyHead() {
        Http2Headers head = new DefaultHttp2Headers(false);
        head.status("200");
        head.add("content-type", "application/grpc");
        return withStatus(head);
    }

    /** The trailers of a call whose answer has begun. */
    Http2Headers asTrailers() {
        return withStatus(new DefaultHttp2Headers(false));
    }

    private Http2Headers withStatus(Http2Headers head) {
        head.add("grpc-status", UNAVAILABLE);
        head.add("grpc-message", code);
        return head;
    }

    /** The head that goes before {@link #body}. */
    Http2Headers asHead(long retryAfter) {
        Http2Headers head = new DefaultHttp2Headers(false);
        head.status(Integer.toString(status));
        head.add("content-type", "application/json");
        head.add("content-length", Integer.toString(body().length));
        if (status == RETRIED) {
            head.add("retry-after", Long.toString(retryAfter));
        }
        return head;
    }

    byte[] body() {
        String type = status == RETRIED ? "service_unavailable" : "bad_gateway";
        return ("{\"error\":{\"message\":\"" + message + "\",\"type\":\"" + type + "\",\"param\":null,\"code\":\""
                + code
                + "\"}}\n").getBytes(StandardCharsets.US_ASCII);
    }
}
