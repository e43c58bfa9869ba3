// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;
import java.util.stream.Stream;

import dev.lastcall.agent.gate.ResponseDecoder.Position;
import dev.lastcall.agent.gate.UpstreamState.Event;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for a connection to the server whatever happens to it and in whatever order. */
final class UpstreamStatePropertyTest {

    @Property
    void isPooledOnlyAtABoundary(@ForAll("events") List<Event> events) {
        UpstreamState state = UpstreamState.IDLE;
        boolean closed = false;
        for (Event event : events) {
            UpstreamState before = state;
            state = before.after(event);
            if (state == UpstreamState.IDLE && before != UpstreamState.IDLE) {
                assertThat(event).as("into the pool from %s", before).isEqualTo(Event.RELEASED_AT_BOUNDARY);
                assertThat(before).isEqualTo(UpstreamState.SERVING);
            }
            if (state == UpstreamState.SERVING && before != UpstreamState.SERVING) {
                assertThat(before).as("serves one at a time, and none after a WebSocket").isEqualTo(UpstreamState.IDLE);
            }
            closed |= event == Event.CLOSED;
            assertThat(closed && state != UpstreamState.CLOSED).as("closed is closed: %s", events).isFalse();
            Statistics.label("changes").collect(before, state);
        }
        Statistics.label("changes")
                .coverage(coverage -> Stream.of(List.of(UpstreamState.IDLE, UpstreamState.SERVING),
                        List.of(UpstreamState.SERVING, UpstreamState.IDLE),
                        List.of(UpstreamState.SERVING, UpstreamState.TUNNEL),
                        List.of(UpstreamState.TUNNEL, UpstreamState.FLUSHING),
                        List.of(UpstreamState.IDLE, UpstreamState.CLOSED),
                        List.of(UpstreamState.SERVING, UpstreamState.CLOSED))
                        .forEach(change -> coverage.check(change.toArray()).count(count -> count > 0)));
    }

    @Property
    void anExchangeReleasesItForAnotherOnlyIfNothingIsLeft(@ForAll boolean whole, @ForAll Position position,
            @ForAll boolean alive) {
        Event released = Event.released(whole, position, alive);

        assertThat(released == Event.RELEASED_AT_BOUNDARY)
                .isEqualTo(whole && alive && position == Position.AT_BOUNDARY);
        assertThat(UpstreamState.SERVING.after(released)).isEqualTo(
                released == Event.RELEASED_AT_BOUNDARY ? UpstreamState.IDLE : UpstreamState.CLOSED);
    }

    @Provide
    static Arbitrary<List<Event>> events() {
        Arbitrary<List<Event>> served = Arbitraries.of(List.of(Event.SERVED), List.of(Event.SERVED, Event.UPGRADED),
                List.of(Event.SERVED, Event.RELEASED_AT_BOUNDARY), List.of());
        return Combinators.combine(served, Arbitraries.of(Event.class).list().ofMaxSize(12))
                .as((first, rest) -> Stream.concat(first.stream(), rest.stream()).toList());
    }
}
