// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;

/**
 * The answers that a gate gives in the server's place, made once.
 *
 * @param draining    the door is closed
 * @param reclaimed   the request was cut
 * @param unreachable the server cannot be connected to
 * @param unusable    the server's answer did not come, or is not HTTP
 * @param full        one connection too many
 * @param headTimeout the head did not come in time
 * @param bodyTimeout the body did not come in time
 * @param idle        nothing came on a kept connection: its client may just be sending, and then this is the answer
 * @param http2       the connection begins with HTTP/2, which is not enabled
 * @param memory      the budget of memory has no room for the request
 */
record Answers(Answer draining, Answer reclaimed, Answer unreachable, Answer unusable, Answer full, Answer headTimeout,
        Answer bodyTimeout, Answer idle, Answer http2, Answer memory) {

    static Answers with(Duration retryAfter) {
        return new Answers(
                Answer.unavailable("node_draining", "This node is being reclaimed and takes no new requests; retry.",
                        retryAfter),
                Answer.unavailable("node_reclaimed", "This node is being reclaimed; the request was cut; retry.",
                        retryAfter),
                Answer.unavailable("upstream_unreachable", "The server behind the gate cannot be reached; retry.",
                        retryAfter),
                Answer.badGateway("The server behind the gate ended the connection or gave no valid answer."),
                Answer.unavailable("too_many_connections", "The gate has no room for another connection; retry.",
                        retryAfter),
                Answer.error("408 Request Timeout", "request_timeout", "The request's head did not come in time."),
                Answer.error("408 Request Timeout", "request_timeout", "The request's body did not come in time."),
                Answer.error("408 Request Timeout", "connection_idle", "The gate ends idle connections; retry."),
                Answer.error("505 HTTP Version Not Supported", "http_version",
                        "HTTP/2 is not enabled at this gate, which speaks HTTP/1.1 and HTTP/1.0."),
                Answer.unavailable("gate_memory", "The gate has no memory left for this request; retry.",
                        retryAfter));
    }
}
