// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

/** What the server does wrong with one answer; the client chooses it, so that it knows what to expect. */
enum SoakFault {
    /** Nothing. */
    NONE,
    /** A reset before the first byte of the answer. */
    RESET_BEFORE,
    /** Half of the answer, then a reset. */
    HALF_RESET,
    /** Half of the answer, then an orderly end. */
    HALF_CLOSE,
    /** Half of the answer, nothing for a while, then the rest. */
    STALL,
    /** Half of an event, nothing for longer than a drain takes to its cut, then the rest. */
    STUCK,
    /** The whole answer, and behind it, in the same write, bytes that no client asked for. */
    LEFTOVER,
    /** The whole answer, which says that the connection ends, and the end. */
    LAST;

    /** Whether the client cannot get a whole answer. */
    boolean breaksTheAnswer() {
        return this == RESET_BEFORE || this == HALF_RESET || this == HALF_CLOSE;
    }
}
