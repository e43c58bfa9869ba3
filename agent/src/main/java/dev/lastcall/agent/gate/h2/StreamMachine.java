// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import dev.lastcall.agent.gate.h2.StreamState.Action;
import dev.lastcall.agent.gate.h2.StreamState.Ending;
import dev.lastcall.agent.gate.h2.StreamState.Event;
import dev.lastcall.agent.gate.h2.StreamState.Final;
import dev.lastcall.agent.gate.h2.StreamState.Open;
import dev.lastcall.agent.gate.h2.StreamState.Step;

/**
 * A stream as a pure function of state and event. It holds no state and does nothing itself.
 *
 * <pre>
 *  WAITING ──sent──▶ SENT ──head──▶ ANSWERING ──answer ended──▶ ANSWERED
 *     │               │                │ cut with status ─────▶ CUT_BODY
 *     │               │                │ server broken ───────▶ BROKEN
 *     └───────┬───────┘                │ server reset, cut ───▶ OVER
 *             │ unreachable, server broken ───────────────────▶ FAILED
 *             │ cut ──────────────────────────────────────────▶ CUT
 *             │ server reset ─────────────────────────────────▶ OVER
 *
 *  ANSWERED, FAILED, CUT, CUT_BODY, BROKEN ──delivered, or not──▶ OVER
 *  each of them ──last cut──▶ OVER; WAITING, SENT, ANSWERING ──client gone, hard cut──▶ OVER
 * </pre>
 *
 * <p>An event that is not meant for a state changes nothing. In particular the client's stream closes by itself once its last
 * frame is handed over, which is no leaving.
 */
final class StreamMachine {

    private StreamMachine() {}

    /** Takes one event. */
    static Step step(StreamState state, Event event) {
        return switch (state) {
            case Open open -> open == Open.ANSWERING ? answering(event) : unanswered(open, event);
            case Ending ending -> ending(ending, event);
            case Final over -> Step.to(over);
        };
    }

    private static Step unanswered(Open state, Event event) {
        return switch (event) {
            case SENT -> Step.to(Open.SENT);
            case HEAD -> Step.to(state == Open.SENT ? Open.ANSWERING : state);
            case UNREACHABLE, SERVER_BROKEN -> Step.to(Ending.FAILED, Action.ANSWER);
            case SERVER_RESET -> Step.over(Action.RESET, StreamOutcome.SERVER_FAILED);
            case CLIENT_GONE -> Step.over(Action.ABORT, StreamOutcome.CLIENT_GONE);
            case CUT_WITH_STATUS, CUT_BODY -> Step.to(Ending.CUT, Action.ANSWER);
            case HARD_CUT, LAST_CUT -> Step.over(Action.RESET, StreamOutcome.CUT_NOT_BEGUN);
            case ANSWER_ENDED, DELIVERED, NOT_DELIVERED -> Step.to(state);
        };
    }

    private static Step answering(Event event) {
        return switch (event) {
            case ANSWER_ENDED -> Step.to(Ending.ANSWERED);
            case SERVER_RESET -> Step.over(Action.RESET, StreamOutcome.LOST);
            case SERVER_BROKEN -> Step.to(Ending.BROKEN, Action.END_WITH_STATUS);
            case CLIENT_GONE -> Step.over(Action.ABORT, StreamOutcome.CLIENT_GONE);
            case CUT_WITH_STATUS -> Step.to(Ending.CUT_BODY, Action.END_WITH_STATUS);
            case CUT_BODY, HARD_CUT, LAST_CUT -> Step.over(Action.RESET, StreamOutcome.CUT_BODY);
            case SENT, UNREACHABLE, HEAD, DELIVERED, NOT_DELIVERED -> Step.to(Open.ANSWERING);
        };
    }

    private static Step ending(Ending state, Event event) {
        return switch (event) {
            case DELIVERED -> Step.over(Action.ABORT, state.whenDelivered());
            case NOT_DELIVERED -> Step.over(Action.ABORT, StreamOutcome.CLIENT_GONE);
            case LAST_CUT -> Step.over(Action.RESET, state.whenCut());
            case SENT, UNREACHABLE, HEAD, ANSWER_ENDED, SERVER_RESET, SERVER_BROKEN, CLIENT_GONE, CUT_WITH_STATUS,
                    CUT_BODY, HARD_CUT ->
                Step.to(state);
        };
    }
}
