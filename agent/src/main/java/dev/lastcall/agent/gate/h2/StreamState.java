// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import org.jspecify.annotations.Nullable;

/** The state of a stream that goes to the server; {@link StreamMachine} says how they follow each other. */
sealed interface StreamState {

    /** The answer has not been written to its end, nor has the gate ended it. */
    enum Open implements StreamState {
        /** Let in; no connection to the server has taken it yet. */
        WAITING,
        /** The server has it. */
        SENT,
        /** The head of an answer has been passed on. */
        ANSWERING
    }

    /** The last frame for the client is handed over, and is on its way. */
    enum Ending implements StreamState {
        /** The server's whole answer. */
        ANSWERED(StreamOutcome.COMPLETED, StreamOutcome.CUT_BODY),
        /** The gate's answer in the place of a server that gave none. */
        FAILED(StreamOutcome.SERVER_FAILED, StreamOutcome.CUT_NOT_BEGUN),
        /** The gate's answer to a stream that was cut. */
        CUT(StreamOutcome.CUT_NOT_BEGUN, StreamOutcome.CUT_NOT_BEGUN),
        /** The end of an answer that was cut: a status that says so. */
        CUT_BODY(StreamOutcome.CUT_BODY, StreamOutcome.CUT_BODY),
        /** The end of an answer that the server broke off: a status that says so. */
        BROKEN(StreamOutcome.LOST, StreamOutcome.LOST);

        private final StreamOutcome whenDelivered;
        private final StreamOutcome whenCut;

        Ending(StreamOutcome whenDelivered, StreamOutcome whenCut) {
            this.whenDelivered = whenDelivered;
            this.whenCut = whenCut;
        }

        /** How the stream has ended once the client has its last frame. */
        StreamOutcome whenDelivered() {
            return whenDelivered;
        }

        /** How it has ended if a cut does not wait for that. */
        StreamOutcome whenCut() {
            return whenCut;
        }
    }

    /** The stream is booked. */
    enum Final implements StreamState {
        /** Nothing more is done. */
        OVER
    }

    /** What happens to a stream. */
    enum Event {
        /** A connection to the server has taken it. */
        SENT,
        /** No connection to the server can be made. */
        UNREACHABLE,
        /** The head of an answer has been passed on. */
        HEAD,
        /** All of the server's answer has been passed on. */
        ANSWER_ENDED,
        /** The server has reset it. */
        SERVER_RESET,
        /** The server's connection ended, or what it sends is no answer. */
        SERVER_BROKEN,
        /** The client has reset it, or its connection is closed. */
        CLIENT_GONE,
        /** The client has its last frame, or that is on its way. */
        DELIVERED,
        /** The client did not take its last frame. */
        NOT_DELIVERED,
        /** A cut, of an answer that can end with a status. */
        CUT_WITH_STATUS,
        /** A cut, of an answer that nothing can be put into. */
        CUT_BODY,
        /** A cut of what an earlier one left, unless its last frame is on its way. */
        HARD_CUT,
        /** A cut of all that an earlier one left. */
        LAST_CUT
    }

    /** What is done at a step. */
    enum Action {
        /** Nothing. */
        NONE,
        /** Give the gate's own answer, and end the server's stream. */
        ANSWER,
        /** End the answer with a status that says what happened, and end the server's stream. */
        END_WITH_STATUS,
        /** Reset both streams. */
        RESET,
        /** End the server's stream. */
        ABORT
    }

    /**
     * What one event leads to.
     *
     * @param outcome how the stream has ended; null if it has not
     */
    record Step(StreamState state, Action action, @Nullable StreamOutcome outcome) {

        static Step to(StreamState state) {
            return new Step(state, Action.NONE, null);
        }

        static Step to(StreamState state, Action action) {
            return new Step(state, action, null);
        }

        static Step over(Action action, StreamOutcome outcome) {
            return new Step(Final.OVER, action, outcome);
        }
    }
}
