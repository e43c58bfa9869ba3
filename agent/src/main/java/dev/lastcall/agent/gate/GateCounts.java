// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.Map;

/**
 * What a gate has counted since it started, for metrics and the drain's record. Each admitted request ends in exactly
 * one of {@code completed}, {@code upstreamFailures}, {@code clientGone}, {@code lost} and {@code cut}; when
 * {@code inFlight} is zero they add up to {@code admitted}.
 *
 * @param doorClosed       whether the door is closed
 * @param inFlight         admitted and not yet wholly written to the client; WebSockets are among them
 * @param webSockets       open WebSockets
 * @param connections      clients' open connections
 * @param admitted         requests let in
 * @param completed        whole answers of the server written to their clients
 * @param upstreamFailures answered 502 or 503 because the server could not be reached or gave no usable answer
 * @param clientGone       ended because the client left
 * @param lost             broken for the client, and not by a cut: the server died in the middle of its answer
 * @param cut              cut, by how far the answer had come
 * @param refused          not let in, by reason
 * @param failedProbes     readiness probes that the gate answered 503 because the door was closed; no request was refused
 * @param passed           liveness and metrics requests, which are not counted as in flight
 * @param bytesAfterClosed bytes of answers' bodies sent while the door was closed
 * @param oldestInFlight   age of the oldest request in flight, to about a quarter of a second; zero when idle
 * @param late             of them, those that came between a notice and the closing of the door
 */
public record GateCounts(boolean doorClosed, int inFlight, int webSockets, int connections, long admitted,
        long completed, long upstreamFailures, long clientGone, long lost, Map<Cut, Long> cut,
        Map<Refusal, Long> refused, long failedProbes, long passed, long bytesAfterClosed, Duration oldestInFlight,
        Late late) {

    /**
     * What came between a notice and the closing of the door.
     *
     * @param announced whether the gate is in between now: routers are asked to go elsewhere
     * @param admitted  requests let in
     * @param completed whole answers to them
     * @param cut       those of them that were cut
     * @param lost      those of them that were broken for the client, and not by a cut
     */
    public record Late(boolean announced, long admitted, long completed, long cut, long lost) {}

    /** Copies the maps. */
    public GateCounts {
        cut = Map.copyOf(cut);
        refused = Map.copyOf(refused);
    }

    /** How many were cut, however far their answers had come. */
    public long cutTotal() {
        return cut.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many were not let in, for whatever reason. */
    public long refusedTotal() {
        return refused.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How far an answer had come when it was cut, and so how the client was notified. */
    public enum Cut {
        /** Not begun: answered 503. */
        NOT_BEGUN,
        /** An event stream: ended by an error event. */
        EVENT_STREAM,
        /** Another body: the connection was reset, or the stream; a call of gRPC ended with a status that says so. */
        BODY,
        /** A WebSocket: close frame 1012. */
        WEB_SOCKET
    }

    /** Why a request was not let in; the closed set labels a metric. */
    public enum Refusal {
        /** The door is closed. */
        DRAINING("draining"),
        /** A connection that begins with HTTP/2, where it is not enabled. */
        HTTP2("http2"),
        /** A connection whose TLS handshake failed, or that came while there was no certificate. */
        TLS("tls"),
        /** Malformed, or ambiguous where its body ends. */
        MALFORMED("malformed"),
        /** Its head is over a limit. */
        TOO_LARGE("too-large"),
        /** Its head did not come in time. */
        TIMEOUT("timeout"),
        /** One connection too many. */
        CONNECTIONS("connections"),
        /** The budget of memory has no room for it, or had none for another one and its connection served no request. */
        MEMORY("memory");

        private final String label;

        Refusal(String label) {
            this.label = label;
        }

        /** The lower-case name in metrics. */
        public String label() {
            return label;
        }
    }
}
