// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.util.Locale;

/** How a request ended, as its client saw it. */
enum End {
    /** Its own answer, byte for byte. */
    WHOLE,
    /** 503, code node_draining: never let in. */
    REFUSED,
    /** Cut in a way that the client recognises, while a cut was due. */
    CUT,
    /** 502, or broken off, as the fault of the server explains. */
    FAULT,
    /** The client left. */
    LEFT,
    /** Anything else: the gate's fault. */
    LOST;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
