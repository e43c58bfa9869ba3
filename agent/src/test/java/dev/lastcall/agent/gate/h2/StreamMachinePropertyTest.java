// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.List;

import dev.lastcall.agent.gate.h2.StreamState.Action;
import dev.lastcall.agent.gate.h2.StreamState.Event;
import dev.lastcall.agent.gate.h2.StreamState.Final;
import dev.lastcall.agent.gate.h2.StreamState.Open;
import dev.lastcall.agent.gate.h2.StreamState.Step;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever happens to a stream, in whatever order. */
class StreamMachinePropertyTest {

    @Property
    void streamIsBookedOnceAndNothingIsDoneAfterThat(@ForAll @Size(max = 40) List<Event> events) {
        StreamState state = Open.WAITING;
        int booked = 0;
        for (Event event : events) {
            boolean over = state == Final.OVER;
            Step step = StreamMachine.step(state, event);
            state = step.state();
            booked += step.outcome() == null ? 0 : 1;
            assertThat(step.outcome() == null).isEqualTo(over || state != Final.OVER);
            if (over) {
                assertThat(state).isEqualTo(Final.OVER);
                assertThat(step.action()).isEqualTo(Action.NONE);
            }
        }
        assertThat(booked).isEqualTo(state == Final.OVER ? 1 : 0);
    }

    @Property
    void lastCutEndsEveryStreamAndACompleteAnswerOnly(@ForAll @Size(max = 40) List<Event> events) {
        StreamState state = Open.WAITING;
        boolean ended = false;
        boolean completed = false;
        for (Event event : events) {
            Step step = StreamMachine.step(state, event);
            ended |= state == Open.ANSWERING && event == Event.ANSWER_ENDED;
            completed |= step.outcome() == StreamOutcome.COMPLETED;
            state = step.state();
        }
        assertThat(StreamMachine.step(state, Event.LAST_CUT).state()).isEqualTo(Final.OVER);
        assertThat(completed && !ended).isFalse();
    }
}
