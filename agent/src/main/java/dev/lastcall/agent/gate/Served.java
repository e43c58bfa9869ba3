// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/** What a client's connection serves: an exchange, or the WebSocket that it has become. */
interface Served {

    /** Hands to the server what was read from the client. */
    void flushToServer();

    /** The client takes more, or no more. */
    void clientWritabilityChanged();

    /** The client's connection is closed. */
    void clientGone();

    /** Looks for what does not move. */
    void tick(long now, long bodyNanos);

    /** Memory that it holds beside its client's connection. */
    long heldBytes();

    /** Whether bytes wait for the server. */
    boolean holdsBytes();

    /** Keeps what waits for the server small, or not. */
    void setSmall(boolean small);

    /** When it was admitted; {@code fallback} if it does not count as in flight. */
    long startedNanos(long fallback);

    /** Joins a cut that reaches it; whether it does. */
    boolean join(Cut cut);

    /** Cuts it as far as that can be done honestly at once. */
    void cut();

    /**
     * Cuts what the first cut left: the time for doing it gently is over.
     *
     * @param evenIfComplete also if nothing is missing but that the client reads it
     */
    void cutHard(boolean evenIfComplete);
}
