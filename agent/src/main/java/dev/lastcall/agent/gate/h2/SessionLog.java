// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

/** What the sessions of a gate report. */
public interface SessionLog {

    /** A connection to the server came about. */
    void serverReached();

    /** No connection to the server could be made. */
    void serverUnreachable(Throwable cause);

    /** The server broke off, or gave no valid answer. */
    void serverBroken(String what);

    /** A client's connection was ended because it breaks the rules, or floods the gate. */
    void clientEnded(String why);

    /** A fault of this program. */
    void unexpected(Throwable cause);
}
