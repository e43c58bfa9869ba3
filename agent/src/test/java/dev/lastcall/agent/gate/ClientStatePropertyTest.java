// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;
import java.util.stream.Stream;

import dev.lastcall.agent.gate.ClientState.Event;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for a client's connection whatever happens to it and in whatever order. */
final class ClientStatePropertyTest {

    @Property
    void servesOneRequestAfterTheOtherAndNoneAfterItsEnd(@ForAll("events") List<Event> events) {
        ClientState state = ClientState.IDLE;
        int begun = 0;
        int ended = 0;
        boolean last = false;
        for (Event event : events) {
            ClientState before = state;
            state = before.after(event);
            begun += before == ClientState.IDLE && state == ClientState.SERVING ? 1 : 0;
            ended += before.isServing() && !state.isServing() ? 1 : 0;
            assertThat(begun - ended).as("served at one time: %s", events).isEqualTo(state.isServing() ? 1 : 0);
            if (last) {
                assertThat(state).as("a request after the last: %s", events)
                        .isNotIn(ClientState.IDLE, ClientState.SERVING);
            }
            if (!before.isTaking()) {
                assertThat(state.isTaking()).as("takes again after its end: %s", events).isFalse();
            }
            if (event == Event.ENDS) {
                assertThat(state.isTaking()).isFalse();
            }
            last |= !state.isTaking() || state == ClientState.SERVING_LAST;
            Statistics.label("states").collect(state);
        }
        assertThat(state.after(Event.CLOSED)).isEqualTo(ClientState.CLOSED);
        Statistics.label("states")
                .coverage(coverage -> Stream.of(ClientState.values())
                        .forEach(one -> coverage.check(one).count(count -> count > 0)));
    }

    @Provide
    static Arbitrary<List<Event>> events() {
        Arbitrary<List<Event>> served = Arbitraries.of(List.of(Event.REQUEST), List.of(Event.REQUEST, Event.UPGRADED),
                List.of(Event.REQUEST, Event.ANSWERED), List.of(Event.REQUEST, Event.NO_NEXT),
                List.of(Event.REQUEST, Event.ENDS), List.of());
        return Combinators.combine(served, Arbitraries.of(Event.class).list().ofMaxSize(12))
                .as((first, rest) -> Stream.concat(first.stream(), rest.stream()).toList());
    }
}
