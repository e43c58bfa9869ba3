// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/** What an exchange does at a step. */
enum ExchangeAction {
    /** Nothing. */
    NONE,
    /** Ask for a new connection. */
    CONNECT,
    /** Give the server's connection back, and see the answer delivered. */
    DELIVER,
    /** Book the outcome, and give the client's connection back, for its next request if the answer lets it. */
    GIVE_BACK,
    /** Book the outcome, and end the client's connection; what the kernel has still goes to the client. */
    END,
    /** Give the gate's own answer. */
    ANSWER,
    /** End the event stream as complete. */
    END_STREAM,
    /** End the event stream by an event that says that it was cut. */
    END_STREAM_BY_EVENT,
    /** Book the outcome, and end the client's connection so that it cannot take what it has for the whole. */
    RESET,
    /** Book the outcome; the client is gone. */
    ABORT
}
