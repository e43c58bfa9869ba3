// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.Function;

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

    private static final Map<Open, Step> OPEN = each(Open.class, Step::to);
    private static final Map<Delivering, Step> DELIVERING = each(Delivering.class, Step::to);
    private static final Map<Final, Step> FINAL = each(Final.class, Step::to);
    private static final Map<Delivering, Step> DELIVERED = each(Delivering.class,
            state -> over(state.then(), state.whenDelivered()));
    private static final Map<Delivering, Step> RESET = each(Delivering.class,
            state -> over(ExchangeAction.RESET, state.whenCut()));
    private static final Map<Delivering, Step> LEFT_TO_KERNEL = each(Delivering.class,
            state -> over(ExchangeAction.END, state.whenCut()));
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
                    ? of(FINAL, Final.OVER)
                    : of(FINAL, ended);
        };
    }

    private static Step unanswered(Open state, ExchangeEvent event) {
        boolean sent = state != Open.NEW && state != Open.CONNECTING;
        return switch (event) {
            case NONE_IDLE -> state == Open.NEW ? CONNECT : of(OPEN, state);
            case SENT_REPEATABLY -> state == Open.NEW ? of(OPEN, Open.REPEATABLE) : of(OPEN, state);
            case SENT -> sent ? of(OPEN, state) : of(OPEN, Open.SENT);
            case CONNECT_FAILED -> state == Open.CONNECTING ? FAILED : of(OPEN, state);
            case INTERIM -> sent ? of(OPEN, Open.SENT) : of(OPEN, state);
            case HEAD -> sent ? of(OPEN, Open.ANSWERING) : of(OPEN, state);
            case STREAM_HEAD -> sent ? of(OPEN, Open.STREAMING) : of(OPEN, state);
            case UPGRADED -> sent ? of(FINAL, Final.TUNNEL) : of(OPEN, state);
            case UNUSABLE -> sent ? FAILED : of(OPEN, state);
            case SERVER_CLOSED -> switch (state) {
                case REPEATABLE -> CONNECT;
                case SENT -> FAILED;
                case NEW, CONNECTING, ANSWERING, STREAMING, LAST_EVENT -> of(OPEN, state);
            };
            case REQUEST_BROKEN -> BROKEN;
            case CUT_AFTER_END_MARK, CUT_BETWEEN_EVENTS, CUT_INSIDE_EVENT, CUT_INSIDE_BODY -> CUT;
            case HARD_CUT, LAST_CUT, LAST_CUT_IN_KERNEL -> UNBEGUN_CUT;
            case CLIENT_GONE -> ABORTED;
            case ANSWER_ENDED, DELIVERED, NOT_DELIVERED, TUNNEL_ENDED -> of(OPEN, state);
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
            case CUT_INSIDE_EVENT -> stream ? of(OPEN, Open.LAST_EVENT) : BODY_CUT;
            case CUT_INSIDE_BODY -> BODY_CUT;
            case HARD_CUT, LAST_CUT, LAST_CUT_IN_KERNEL -> stream ? STREAM_RESET : BODY_CUT;
            case CLIENT_GONE -> ABORTED;
            case NONE_IDLE, SENT_REPEATABLY, SENT, CONNECT_FAILED, INTERIM, HEAD, STREAM_HEAD, UPGRADED, DELIVERED,
                    NOT_DELIVERED,
                    TUNNEL_ENDED ->
                of(OPEN, state);
        };
    }

    private static Step delivering(Delivering state, ExchangeEvent event) {
        return switch (event) {
            case DELIVERED -> of(DELIVERED, state);
            case NOT_DELIVERED -> NOT_DELIVERED;
            case LAST_CUT -> of(RESET, state);
            case LAST_CUT_IN_KERNEL -> of(LEFT_TO_KERNEL, state);
            case CLIENT_GONE -> ABORTED;
            case NONE_IDLE, SENT_REPEATABLY, SENT, CONNECT_FAILED, INTERIM, HEAD, STREAM_HEAD, UPGRADED, ANSWER_ENDED,
                    UNUSABLE,
                    SERVER_CLOSED, REQUEST_BROKEN, TUNNEL_ENDED, CUT_AFTER_END_MARK, CUT_BETWEEN_EVENTS,
                    CUT_INSIDE_EVENT, CUT_INSIDE_BODY, HARD_CUT ->
                of(DELIVERING, state);
        };
    }

    private static <S extends Enum<S>> Map<S, Step> each(Class<S> states, Function<S, Step> step) {
        Map<S, Step> steps = new EnumMap<>(states);
        EnumSet.allOf(states).forEach(state -> steps.put(state, step.apply(state)));
        return steps;
    }

    private static <S extends Enum<S>> Step of(Map<S, Step> steps, S state) {
        Step step = steps.get(state);
        if (step == null) {
            throw new IllegalStateException("no step is made for " + state);
        }
        return step;
    }
}
