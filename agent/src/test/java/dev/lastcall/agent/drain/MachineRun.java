// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.metadata.Deadline;

/** A machine, its state and a clock that a test turns: ticks come when the machine asks for them. */
final class MachineRun {

    /** The monotonic clock's origin is arbitrary, and comparing instants by value would show here. */
    static final long ORIGIN = Long.MAX_VALUE - 60_000_000_000L;

    private final DrainMachine machine;
    private final List<DrainAction> done = new ArrayList<>();
    private DrainState state = new DrainState.Open();
    private long now = ORIGIN;

    MachineRun(DrainPolicy policy, StopNeeds needs) {
        this.machine = new DrainMachine(policy, needs);
    }

    static long nanos(double seconds) {
        return ORIGIN + Math.round(seconds * 1e9);
    }

    MachineRun notice(double window) {
        return takes(new DrainInput.Noticed(now, new Deadline(now + Math.round(window * 1e9))));
    }

    /** A notice for a server whose quickest requests take so many seconds, and may go on being let in. */
    MachineRun noticeLettingIn(double window, double quickest) {
        return takes(new DrainInput.Noticed(now, new Deadline(now + Math.round(window * 1e9)),
                Optional.of(Duration.ofNanos(Math.round(quickest * 1e9)))));
    }

    MachineRun noticeAgain(double deadline) {
        return takes(new DrainInput.Noticed(now, new Deadline(nanos(deadline))));
    }

    MachineRun deadline(double seconds) {
        return takes(new DrainInput.DeadlineMoved(new Deadline(nanos(seconds))));
    }

    MachineRun reads(InFlight reading) {
        return takes(new DrainInput.Reading(reading, now));
    }

    MachineRun readsBegunAt(double seconds, InFlight reading) {
        return takes(new DrainInput.Reading(reading, nanos(seconds)));
    }

    /** Turns the clock, with every tick that falls due on the way. */
    MachineRun at(double seconds) {
        long target = nanos(seconds);
        for (OptionalLong wake = machine.wakeAt(state); wake.isPresent()
                && wake.getAsLong() - target <= 0; wake = machine.wakeAt(state)) {
            now = wake.getAsLong() - now > 0 ? wake.getAsLong() : now;
            takes(DrainInput.TICK);
        }
        now = target;
        return takes(DrainInput.TICK);
    }

    MachineRun takes(DrainInput input) {
        DrainMachine.Step step = machine.step(state, input, now);
        state = step.state();
        done.addAll(step.actions());
        return this;
    }

    DrainState state() {
        return state;
    }

    Phase phase() {
        return state.phase();
    }

    double seconds() {
        return (now - ORIGIN) / 1e9;
    }

    List<DrainAction> done() {
        return done;
    }

    <A extends DrainAction> List<A> doneOf(Class<A> type) {
        return done.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
