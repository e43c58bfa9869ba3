// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/** What came of one attempt at a call. */
public sealed interface ApiReply {

    /** It was done. */
    record Ok(JsonNode body) implements ApiReply {}

    /**
     * The server said no.
     *
     * @param status of HTTP
     * @param message who was asked for what and what came back, for people; holds no secret
     * @param retryAfter how long the server asks to wait
     * @param absent the object that the API server says is not there; empty where it says nothing of the kind, as with a
     *     404 of a path or of a proxy between
     */
    record Refused(int status, String message, Optional<Duration> retryAfter, Optional<Absent> absent)
            implements
                ApiReply {

        /** A refusal that names no absent object. */
        public Refused(int status, String message, Optional<Duration> retryAfter) {
            this(status, message, retryAfter, Optional.empty());
        }

        /** Whether the API server itself says that there is no such object. */
        public boolean isAbsence(String resource, String name) {
            return absent.filter(one -> one.resource().equals(resource) && one.name().equals(name)).isPresent();
        }
    }

    /**
     * An object that is not there, as the {@code details} of a status with the reason {@code NotFound} name it.
     *
     * @param resource such as {@code pods}
     * @param name of the object
     */
    record Absent(String resource, String name) {}

    /** The answer is larger than an answer may be; asking for less may help. */
    record TooLarge(String reason) implements ApiReply {}

    /** No whole answer: no connection, too late, broken off, not JSON. */
    record Unreachable(String reason) implements ApiReply {}

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
            case TooLarge(String reason) -> reason;
            case Unreachable(String reason) -> reason;
        };
    }
}
