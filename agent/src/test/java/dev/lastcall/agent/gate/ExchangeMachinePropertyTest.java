// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.lastcall.agent.gate.ExchangeState.Delivering;
import dev.lastcall.agent.gate.ExchangeState.Final;
import dev.lastcall.agent.gate.ExchangeState.Open;
import dev.lastcall.agent.gate.ExchangeState.Step;
import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for exchanges whatever happens to them and in whatever order. */
final class ExchangeMachinePropertyTest {

    private static final int EXCHANGES = 3;

    /** An event, and which of the exchanges that are under way at the same time it happens to. */
    record Happening(int exchange, ExchangeEvent event) {}

    @Property
    void eachAdmittedRequestEndsOnce(@ForAll("stories") List<Happening> story) {
        var accounting = new RequestAccounting();
        List<Model> models = Stream.generate(() -> new Model(accounting)).limit(EXCHANGES).toList();
        for (Happening happening : story) {
            models.get(happening.exchange()).take(happening.event());
            long live = models.stream().filter(model -> model.state != Final.OVER).count();
            assertThat(accounting.inFlight()).as("in flight after %s", happening).isEqualTo((int) live);
        }
        for (Model model : models) {
            model.take(ExchangeEvent.CLIENT_GONE);
            model.take(ExchangeEvent.TUNNEL_ENDED);
            assertThat(model.state).isEqualTo(Final.OVER);
        }
        assertThat(accounting.inFlight()).isZero();
        GateCounts counts = accounting.counts(Duration.ZERO);
        assertThat(counts.completed() + counts.upstreamFailures() + counts.clientGone() + counts.lost()
                + counts.cutTotal()).isEqualTo(counts.admitted()).isEqualTo(EXCHANGES);
        Statistics.label("states")
                .coverage(coverage -> states().forEach(
                        state -> coverage.check(state).count(count -> count > 0)));
        Statistics.label("actions")
                .coverage(coverage -> Stream.of(ExchangeAction.values())
                        .forEach(action -> coverage.check(action).count(count -> count > 0)));
    }

    private static Stream<ExchangeState> states() {
        return Stream.of(Open.values(), Delivering.values(), Final.values()).flatMap(Stream::of);
    }

    /** One exchange, with what its actions have done to its client, its server and the books. */
    private static final class Model {
        private final RequestAccounting accounting;
        private ExchangeState state = Open.NEW;
        private final List<ExchangeEvent> past = new ArrayList<>();
        private @Nullable Outcome booked;
        private boolean connected;
        private boolean serverAnswered;
        private boolean clientGivenUp;
        private boolean whole;

        Model(RequestAccounting accounting) {
            this.accounting = accounting;
            assertThat(accounting.admit()).isTrue();
        }

        void take(ExchangeEvent event) {
            ExchangeState before = state;
            Step step = ExchangeMachine.step(before, event);
            past.add(event);
            assertThat(ExchangeMachine.step(before, event)).as("a step is made once").isSameAs(step);
            state = step.state();
            if (before == state) {
                assertThat(step.action()).as("without another state nothing is done: %s", past)
                        .isEqualTo(ExchangeAction.NONE);
            }
            if (before == Final.OVER) {
                assertThat(state).as("over is over: %s", past).isEqualTo(Final.OVER);
            }
            check(before, event, step.action());
            book(before, event, step.outcome());
            serverAnswered |= (event == ExchangeEvent.INTERIM || event == ExchangeEvent.HEAD
                    || event == ExchangeEvent.STREAM_HEAD) && before != Open.NEW && before != Open.CONNECTING;
            Statistics.label("states").collect(state);
            Statistics.label("actions").collect(step.action());
        }

        private void check(ExchangeState before, ExchangeEvent event, ExchangeAction action) {
            boolean unanswered = before instanceof Open open && open.isUnanswered();
            switch (action) {
                case NONE -> {
                }
                case CONNECT -> {
                    assertThat(connected || serverAnswered)
                            .as("a second new connection, or one after an answer: %s", past)
                            .isFalse();
                    connected = true;
                }
                case ANSWER -> assertThat(unanswered).as("an answer inside an answer: %s", past).isTrue();
                case DELIVER -> {
                    assertThat(before instanceof Open && !unanswered).as("an end without a head: %s", past).isTrue();
                    assertThat(event).as("whole without its end: %s", past).isEqualTo(ExchangeEvent.ANSWER_ENDED);
                    whole = true;
                }
                case END_STREAM, END_STREAM_BY_EVENT -> {
                    assertThat(before).as("an event in no stream: %s", past).isIn(Open.STREAMING, Open.LAST_EVENT);
                    boolean marked = action == ExchangeAction.END_STREAM;
                    assertThat(event == ExchangeEvent.CUT_AFTER_END_MARK).as("whole without its mark: %s", past)
                            .isEqualTo(marked);
                    whole = marked;
                }
                case GIVE_BACK -> assertThat(before).as("kept after half an answer: %s", past)
                        .isIn(Delivering.WRITTEN, Delivering.STREAMED);
                case RESET, END, ABORT -> assertThat(state).isEqualTo(Final.OVER);
            }
            if (action != ExchangeAction.NONE) {
                assertThat(clientGivenUp).as("something is done for a client that was given up: %s", past).isFalse();
            }
            clientGivenUp = state == Final.OVER;
        }

        private void book(ExchangeState before, ExchangeEvent event, @Nullable Outcome outcome) {
            boolean ends = before != Final.OVER && state == Final.OVER;
            // Its WebSocket knows how it ended.
            Outcome result = ends && before == Final.TUNNEL ? Outcome.CUT_WEB_SOCKET : outcome;
            assertThat(result != null).as("booked when it ends, and only then: %s", past).isEqualTo(ends);
            if (result != null) {
                assertThat(booked).as("booked once: %s", past).isNull();
                booked = result;
                if (result == Outcome.COMPLETED) {
                    assertThat(whole && event == ExchangeEvent.DELIVERED)
                            .as("complete, and not all of it there: %s", past)
                            .isTrue();
                }
                accounting.finish(result, 1);
            }
        }
    }

    /** Events by chance, after a beginning that leads to each part of an exchange. */
    @Provide
    static Arbitrary<List<Happening>> stories() {
        Arbitrary<Integer> which = Arbitraries.integers().between(0, EXCHANGES - 1);
        Arbitrary<List<ExchangeEvent>> beginning = Arbitraries.of(List.of(), List.of(ExchangeEvent.SENT),
                List.of(ExchangeEvent.SENT_REPEATABLY), List.of(ExchangeEvent.SENT, ExchangeEvent.HEAD),
                List.of(ExchangeEvent.NONE_IDLE),
                List.of(ExchangeEvent.SENT, ExchangeEvent.STREAM_HEAD),
                List.of(ExchangeEvent.SENT_REPEATABLY, ExchangeEvent.SERVER_CLOSED),
                List.of(ExchangeEvent.SENT, ExchangeEvent.STREAM_HEAD, ExchangeEvent.CUT_INSIDE_EVENT),
                List.of(ExchangeEvent.SENT, ExchangeEvent.STREAM_HEAD, ExchangeEvent.CUT_BETWEEN_EVENTS),
                List.of(ExchangeEvent.SENT, ExchangeEvent.STREAM_HEAD, ExchangeEvent.CUT_AFTER_END_MARK),
                List.of(ExchangeEvent.SENT, ExchangeEvent.HEAD, ExchangeEvent.ANSWER_ENDED),
                List.of(ExchangeEvent.SENT, ExchangeEvent.STREAM_HEAD, ExchangeEvent.ANSWER_ENDED,
                        ExchangeEvent.DELIVERED));
        Arbitrary<List<Happening>> begun = Combinators.combine(which, beginning)
                .as((exchange, events) -> events.stream().map(event -> new Happening(exchange, event)).toList());
        Arbitrary<List<Happening>> rest = Combinators.combine(which, Arbitraries.of(ExchangeEvent.class))
                .as(Happening::new)
                .list()
                .ofMaxSize(30);
        return Combinators.combine(begun, rest)
                .as((first, more) -> Stream.concat(first.stream(), more.stream()).toList());
    }
}
