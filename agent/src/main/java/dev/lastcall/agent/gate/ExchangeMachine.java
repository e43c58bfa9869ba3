// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.ExchangeState.Delivering;
import dev.lastcall.agent.gate.ExchangeState.Final;
import dev.lastcall.agent.gate.ExchangeState.Open;
import dev.lastcall.agent.gate.ExchangeState.Step;
import dev.lastcall.agent.gate.RequestAccounting.Outcome;

import static dev.lastcall.agent.gate.ExchangeState.Step.over;
import static dev.lastcall.agent.gate.ExchangeState.Step.to;

/**
 * An exchange as a pure function of state and event. It holds no state and does nothing itself: what is to be done comes
 * back with the next state, as a step that was made once.
 *
 * <pre>
 *  NEW ──none idle──▶ CONNECTING ──sent──▶ SENT ◀──interim── REPEATABLE ◀──sent repeatably── NEW ──sent──▶ SENT
 *                        ▲                                              │
 *                        └────────────────server closed────────────────┘
 *  REPEATABLE, SENT ──head──▶ ANSWERING or STREAMING ──answer ended──▶ WRITTEN or STREAMED
 *                               │ cut inside an event                         ▲
 *                               └──▶ LAST_EVENT ──answer ended────────────────┘
 *                                       │ event ended
 *                                       ▼
 *  STREAMING ──cut between events──▶ STREAM_ENDED or STREAM_CUT
 *
 *  NEW, CONNECTING, REPEATABLE, SENT ──no usable answer──▶ FAILED
 *                                    ──broken request────▶ BROKEN
 *                                    ──cut───────────────▶ CUT
 *  ANSWERING, STREAMING, LAST_EVENT ──server closed, broken request, cut──▶ OVER
 *  WRITTEN, STREAMED, STREAM_ENDED, STREAM_CUT, FAILED, BROKEN, CUT ──delivered, or not──▶ OVER
 *  REPEATABLE, SENT ──upgraded──▶ TUNNEL ──tunnel ended──▶ OVER
 *  each of them but TUNNEL ──client gone, hard cut──▶ OVER
 * </pre>
 *
 * <p>An event that is not meant for a state changes nothing.
 */
final class ExchangeMachine {

    private static final Step CONNECT = to(Open.CONNECTING, ExchangeAction.CONNECT);
    private static final Step WRITTEN = to(Delivering.WRITTEN, ExchangeAction.DELIVER);
    private static final Step STREAMED = to(Delivering.STREAMED, ExchangeAction.DELIVER);
    private static final Step FAILED = to(Delivering.FAILED, ExchangeAction.ANSWER);
    private static final Step BROKEN = to(Delivering.BROKEN, ExchangeAction.ANSWER);
    private static final Step CUT = to(Delivering.CUT, ExchangeAction.ANSWER);
    private static final Step STREAM_ENDED = to(Delivering.STREAM_ENDED, ExchangeAction.END_STREAM);
    private static final Step STREAM_CUT = to(Delivering.STREAM_CUT, ExchangeAction.END_STREAM_BY_EVENT);
    private static final Step LOST = over(ExchangeAction.RESET, Outcome.LOST);
    private static final Step REQUEST_LOST = over(ExchangeAction.RESET, Outcome.CLIENT_GONE);
    private static final Step UNBEGUN_CUT = over(ExchangeAction.RESET, Outcome.CUT_NOT_BEGUN);
    private static final Step BODY_CUT = over(ExchangeAction.RESET, Outcome.CUT_BODY);
    private static final Step STREAM_RESET = over(ExchangeAction.RESET, Outcome.CUT_EVENT_STREAM);
    private static final Step ABORTED = over(ExchangeAction.ABORT, Outcome.CLIENT_GONE);
    private static final Step NOT_DELIVERED = over(ExchangeAction.END, Outcome.CLIENT_GONE);

    private ExchangeMachine() {}

    /** Takes one event. */
    static Step step(ExchangeState state, ExchangeEvent event) {
        return switch (state) {
            case Open open -> open.isUnanswered() ? unanswered(open, event) : answering(open, event);
            case Delivering delivering -> delivering(delivering, event);
            case Final ended -> ended == Final.TUNNEL && event == ExchangeEvent.TUNNEL_ENDED
                    ? Final.OVER.step()
                    : ended.step();
        };
    }

    private static Step unanswered(Open state, ExchangeEvent event) {
        boolean sent = state != Open.NEW && state != Open.CONNECTING;
        return switch (event) {
            case NONE_IDLE -> state == Open.NEW ? CONNECT : state.step();
            case SENT_REPEATABLY -> state == Open.NEW ? Open.REPEATABLE.step() : state.step();
            case SENT -> sent ? state.step() : Open.SENT.step();
            case CONNECT_FAILED -> state == Open.CONNECTING ? FAILED : state.step();
            case INTERIM -> sent ? Open.SENT.step() : state.step();
            case HEAD -> sent ? Open.ANSWERING.step() : state.step();
            case STREAM_HEAD -> sent ? Open.STREAMING.step() : state.step();
            case UPGRADED -> sent ? Final.TUNNEL.step() : state.step();
            case UNUSABLE -> sent ? FAILED : state.step();
            case SERVER_CLOSED -> switch (state) {
                case REPEATABLE -> CONNECT;
                case SENT -> FAILED;
                case NEW, CONNECTING, ANSWERING, STREAMING, LAST_EVENT -> state.step();
            };
            case REQUEST_BROKEN -> BROKEN;
            case CUT_AFTER_END_MARK, CUT_BETWEEN_EVENTS, CUT_INSIDE_EVENT, CUT_INSIDE_BODY -> CUT;
            case HARD_CUT, LAST_CUT, LAST_CUT_IN_KERNEL -> UNBEGUN_CUT;
            case CLIENT_GONE -> ABORTED;
            case ANSWER_ENDED, DELIVERED, NOT_DELIVERED, TUNNEL_ENDED -> state.step();
        };
    }

    private static Step answering(Open state, ExchangeEvent event) {
        boolean stream = state != Open.ANSWERING;
        return switch (event) {
            case ANSWER_ENDED -> stream ? STREAMED : WRITTEN;
            case UNUSABLE, SERVER_CLOSED -> LOST;
            case REQUEST_BROKEN -> REQUEST_LOST;
            case CUT_AFTER_END_MARK -> stream ? STREAM_ENDED : BODY_CUT;
            case CUT_BETWEEN_EVENTS -> stream ? STREAM_CUT : BODY_CUT;
            case CUT_INSIDE_EVENT -> stream ? Open.LAST_EVENT.step() : BODY_CUT;
            case CUT_INSIDE_BODY -> BODY_CUT;
            case HARD_CUT, LAST_CUT, LAST_CUT_IN_KERNEL -> stream ? STREAM_RESET : BODY_CUT;
            case CLIENT_GONE -> ABORTED;
            case NONE_IDLE, SENT_REPEATABLY, SENT, CONNECT_FAILED, INTERIM, HEAD, STREAM_HEAD, UPGRADED, DELIVERED,
                    NOT_DELIVERED,
                    TUNNEL_ENDED ->
                state.step();
        };
    }

    private static Step delivering(Delivering state, ExchangeEvent event) {
        return switch (event) {
            case DELIVERED -> state.whenDelivered();
            case NOT_DELIVERED -> NOT_DELIVERED;
            case LAST_CUT -> state.whenReset();
            case LAST_CUT_IN_KERNEL -> state.whenLeft();
            case CLIENT_GONE -> ABORTED;
            case NONE_IDLE, SENT_REPEATABLY, SENT, CONNECT_FAILED, INTERIM, HEAD, STREAM_HEAD, UPGRADED, ANSWER_ENDED,
                    UNUSABLE,
                    SERVER_CLOSED, REQUEST_BROKEN, TUNNEL_ENDED, CUT_AFTER_END_MARK, CUT_BETWEEN_EVENTS,
                    CUT_INSIDE_EVENT, CUT_INSIDE_BODY, HARD_CUT ->
                state.step();
        };
    }
}
