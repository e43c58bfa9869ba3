// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

/** How a stream that was let in has ended. */
public enum StreamOutcome {
    /** The server's whole answer has been written to the client. */
    COMPLETED,
    /** The server could not be reached, or gave no answer. */
    SERVER_FAILED,
    /** The client has reset the stream, or its connection is closed. */
    CLIENT_GONE,
    /** The server broke off in the middle of its answer. */
    LOST,
    /** Cut before its answer had begun. */
    CUT_NOT_BEGUN,
    /** Cut in the middle of its answer. */
    CUT_BODY
}
