// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/** What came of one attempt at a call. */
public sealed interface Reply {

    /** It was done. */
    record Ok(JsonNode body) implements Reply {}

    /**
     * The server said no.
     *
     * @param status of HTTP
     * @param message who was asked for what and what came back, for people; holds no secret
     * @param retryAfter how long the server asks to wait
     */
    record Refused(int status, String message, Optional<Duration> retryAfter) implements Reply {}

    /** No whole answer: no connection, too late, broken off, not JSON. */
    record Unreachable(String reason) implements Reply {}

    /** Whether it was done. */
    default boolean isOk() {
        return this instanceof Ok;
    }

    /** Whether the server refused with this status. */
    default boolean isRefusedWith(int status) {
        return this instanceof Refused refused && refused.status() == status;
    }

    /** Why it was not done; empty where it was. */
    default String problem() {
        return switch (this) {
            case Ok _ -> "";
            case Refused refused -> refused.message();
            case Unreachable(String reason) -> reason;
        };
    }
}
