// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

/** What a {@link Fate} comes down to. */
public enum Verdict {
    /** Let in, and the whole answer arrived. */
    COMPLETE,
    /** Never let in, with an answer that says so: the client goes elsewhere. */
    REFUSED,
    /** Let in and ended before it was complete, in a way that its client recognises. */
    CUT,
    /** Let in, and its client got a broken answer, or none. */
    LOST
}
