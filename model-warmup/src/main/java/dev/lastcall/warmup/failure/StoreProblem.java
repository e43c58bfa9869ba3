// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** What is wrong with an answer of a store, by what must come of it. */
public enum StoreProblem {
    /** No connection, a reset, a name that does not resolve: try again. */
    UNREACHABLE,
    /** The body ended before the length that was promised: go on from the byte reached. */
    SHORT,
    /** No byte came for too long and the connection was given up: go on from the byte reached. */
    STALLED,
    /** The store asks for fewer requests (429, 503): fewer at once, and later. */
    THROTTLED,
    /** The store's own fault (5xx): try again. */
    FAULTY,
    /** Credentials or a signed address ran out: refresh once for all, try again. */
    EXPIRED,
    /** An answer that contradicts the question or HTTP itself: try again a few times, never use it. */
    MALFORMED,
    /** The whole body in answer to a range: the file can only be read as one stream. */
    RANGE_IGNORED,
    /** The object is not the one that was listed any more: nothing of it may be mixed with what comes now. */
    CHANGED,
    /** 401, 403: an operator must act. */
    REFUSED,
    /** 404, 410. */
    MISSING,
    /** The store, the model or the address is of a kind that cannot be handled. */
    UNSUPPORTED;

    /** Whether the same request may well succeed later. */
    public boolean isTransient() {
        return switch (this) {
            case UNREACHABLE, SHORT, STALLED, THROTTLED, FAULTY, EXPIRED, MALFORMED -> true;
            case RANGE_IGNORED, CHANGED, REFUSED, MISSING, UNSUPPORTED -> false;
        };
    }
}
