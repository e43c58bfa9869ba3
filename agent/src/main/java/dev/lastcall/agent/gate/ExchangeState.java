// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import org.jspecify.annotations.Nullable;

/** The state of an exchange; see {@link ExchangeMachine} for how they follow each other. */
sealed interface ExchangeState {

    /** The step that leads here and does nothing. */
    Step step();

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

        private final Step step = Step.to(this);

        @Override
        public Step step() {
            return step;
        }

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

        private final Step step = Step.to(this);
        private final Step whenDelivered;
        private final Step whenReset;
        private final Step whenLeft;

        /**
         * Makes the steps that lead out of it.
         *
         * @param then      what is done once the client has the answer
         * @param delivered how the request has ended once the client has the answer
         * @param cut       how it has ended if a cut does not wait for that
         */
        Delivering(ExchangeAction then, Outcome delivered, Outcome cut) {
            whenDelivered = Step.over(then, delivered);
            whenReset = Step.over(ExchangeAction.RESET, cut);
            whenLeft = Step.over(ExchangeAction.END, cut);
        }

        @Override
        public Step step() {
            return step;
        }

        /** The client has the answer. */
        Step whenDelivered() {
            return whenDelivered;
        }

        /** A cut takes the rest of the answer back. */
        Step whenReset() {
            return whenReset;
        }

        /** A cut leaves the rest of the answer to the kernel. */
        Step whenLeft() {
            return whenLeft;
        }
    }

    /** The exchange has nothing more to do. */
    enum Final implements ExchangeState {
        /** A WebSocket has its connections; the request is in flight. */
        TUNNEL,
        /** The request is booked. */
        OVER;

        private final Step step = Step.to(this);

        @Override
        public Step step() {
            return step;
        }
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
