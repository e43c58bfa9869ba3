// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import org.jspecify.annotations.Nullable;

/** The state of an exchange; see {@link ExchangeMachine} for how they follow each other. */
sealed interface ExchangeState {

    /** The answer has not been written to its end, nor has the gate ended it. */
    enum Open implements ExchangeState {
        /** Nothing is done yet. */
        NEW,
        /** A new connection to the server is being made. */
        CONNECTING,
        /** Sent on a connection that the server may have closed meanwhile; sent again if it has. */
        REPEATABLE,
        /** Sent; an interim answer may have come. */
        SENT,
        /** The head of an answer has been passed on. */
        ANSWERING,
        /** The head of an event stream has been passed on. */
        STREAMING,
        /** An event stream that is cut at the end of its present event. */
        LAST_EVENT;

        /** Whether the client has nothing of the final answer yet. */
        boolean isUnanswered() {
            return switch (this) {
                case NEW, CONNECTING, REPEATABLE, SENT -> true;
                case ANSWERING, STREAMING, LAST_EVENT -> false;
            };
        }
    }

    /** All of the answer is written, and the client takes it. */
    enum Delivering implements ExchangeState {
        /** The server's whole answer. */
        WRITTEN(ExchangeAction.GIVE_BACK, Outcome.COMPLETED, Outcome.CUT_BODY),
        /** The server's whole event stream. */
        STREAMED(ExchangeAction.GIVE_BACK, Outcome.COMPLETED, Outcome.CUT_EVENT_STREAM),
        /** An event stream with its end mark, which a cut ended. */
        STREAM_ENDED(ExchangeAction.END, Outcome.COMPLETED, Outcome.CUT_EVENT_STREAM),
        /** An event stream that an error event ended. */
        STREAM_CUT(ExchangeAction.END, Outcome.CUT_EVENT_STREAM, Outcome.CUT_EVENT_STREAM),
        /** The gate's answer to a request that was cut. */
        CUT(ExchangeAction.END, Outcome.CUT_NOT_BEGUN, Outcome.CUT_NOT_BEGUN),
        /** The gate's answer in the place of a server that gave none. */
        FAILED(ExchangeAction.END, Outcome.UPSTREAM_FAILED, Outcome.CUT_NOT_BEGUN),
        /** The gate's answer to a request that broke off. */
        BROKEN(ExchangeAction.END, Outcome.CLIENT_GONE, Outcome.CUT_NOT_BEGUN);

        private final ExchangeAction then;
        private final Outcome whenDelivered;
        private final Outcome whenCut;

        Delivering(ExchangeAction then, Outcome whenDelivered, Outcome whenCut) {
            this.then = then;
            this.whenDelivered = whenDelivered;
            this.whenCut = whenCut;
        }

        /** What is done once the client has the answer. */
        ExchangeAction then() {
            return then;
        }

        /** How the request has ended once the client has the answer. */
        Outcome whenDelivered() {
            return whenDelivered;
        }

        /** How it has ended if a cut does not wait for that. */
        Outcome whenCut() {
            return whenCut;
        }
    }

    /** The exchange has nothing more to do. */
    enum Final implements ExchangeState {
        /** A WebSocket has its connections; the request is in flight. */
        TUNNEL,
        /** The request is booked. */
        OVER
    }

    /**
     * What one event leads to. All steps are made once: a step costs no memory.
     *
     * @param state   the state after it
     * @param action  what is to be done
     * @param outcome how the request has ended; null if it has not, or if it was a WebSocket, which knows itself
     */
    record Step(ExchangeState state, ExchangeAction action, @Nullable Outcome outcome) {

        static Step to(ExchangeState state) {
            return new Step(state, ExchangeAction.NONE, null);
        }

        static Step to(ExchangeState state, ExchangeAction action) {
            return new Step(state, action, null);
        }

        static Step over(ExchangeAction action, Outcome outcome) {
            return new Step(Final.OVER, action, outcome);
        }
    }
}
