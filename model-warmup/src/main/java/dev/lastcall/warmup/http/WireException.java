// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;

/** The peer broke HTTP/1.1 or one of our limits; the connection is of no further use. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what was broken. */
    public WireException(String message) {
        super(message);
    }
}
