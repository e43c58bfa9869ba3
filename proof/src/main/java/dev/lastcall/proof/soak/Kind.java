// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.util.Locale;

/** What a client asks for, and how it behaves. */
enum Kind {
    /** A stream of server-sent events. */
    STREAM,
    /** A whole answer with its length. */
    PLAIN,
    /** A whole answer in chunks. */
    CHUNKED,
    /** A chunked request body, whose checksum comes back. */
    UPLOAD,
    /** HEAD, whose answer names a length and has no body. */
    HEAD,
    /** An answer 204. */
    NO_CONTENT,
    /** An answer 304 that names a length. */
    NOT_MODIFIED,
    /** A large answer, read slowly. */
    SLOW_READER,
    /** A stream whose client leaves in the middle. */
    LEAVER,
    /** A chunked upload whose client leaves in the middle. */
    UPLOAD_LEAVER,
    /** A WebSocket with an echo. */
    WEB_SOCKET;

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    boolean leaves() {
        return this == LEAVER || this == UPLOAD_LEAVER;
    }

    boolean isStream() {
        return this == STREAM || this == LEAVER;
    }

    boolean uploads() {
        return this == UPLOAD || this == UPLOAD_LEAVER;
    }

    /** Whether the answer ends with its head. */
    boolean isBodiless() {
        return this == HEAD || this == NO_CONTENT || this == NOT_MODIFIED;
    }
}
