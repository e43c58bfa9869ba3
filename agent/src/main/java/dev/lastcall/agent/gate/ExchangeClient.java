// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/** The client's connection, as its exchange sees it. */
interface ExchangeClient {

    /** What the exchange wants to read may have changed. */
    void updateReading();

    /** Books what waits for the client to take it. */
    void weighIfHolding();

    /** Whether another request has come already. */
    boolean hasNext();

    /** Writes what is left, and reports whether the client got it. */
    void finish(Delivery.Listener listener);

    /** Whether all of the answer is the kernel's, and some of it waits for the client. */
    boolean isDelivering();

    /** Writes the gate's own answer, and reports whether the client got it. */
    void answerInstead(Answer answer, boolean toHead, Delivery.Listener listener);

    /** The exchange is over; whether its answer lets the connection live. */
    void exchangeEnded(boolean keeps);

    /** The exchange has become a WebSocket. */
    void upgraded(UpstreamConnection server);

    /** Ends the connection so that the client cannot take what it has for the whole. */
    void reset();
}
