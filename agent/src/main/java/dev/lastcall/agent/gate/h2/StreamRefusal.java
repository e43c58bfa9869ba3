// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

/** Why a stream was not let in. */
public enum StreamRefusal {
    /** The door is closed. */
    DRAINING,
    /** It is malformed, or its connection breaks the rules of HTTP/2. */
    MALFORMED,
    /** Its header list is over the limit. */
    TOO_LARGE,
    /** The budget of memory has no room for it. */
    MEMORY
}
