// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.Arrays;
import java.util.Optional;

import dev.lastcall.agent.drain.DrainState.Announcing;
import dev.lastcall.agent.drain.DrainState.Confirming;
import dev.lastcall.agent.drain.DrainState.Cutting;
import dev.lastcall.agent.drain.DrainState.Scheduled;
import dev.lastcall.agent.drain.DrainState.Settling;
import dev.lastcall.agent.drain.DrainState.Stopped;
import dev.lastcall.agent.drain.DrainState.Stopping;
import dev.lastcall.agent.drain.DrainState.Waiting;
import dev.lastcall.agent.drain.DrainState.WithdrawnAfterStop;
import dev.lastcall.metadata.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One server's drain as it is in the state file. Instants are milliseconds since boot.
 *
 * @param server the server's name
 * @param phase the label of the phase
 * @param outcome the label of the outcome, once that is known
 * @param stopSent whether the server was asked to stop
 */
record SavedDrain(String server, String phase, long startAt, long deadlineAt, long settledAt, long cutAt, long stopAt,
        long killAt,
        @Nullable String outcome, boolean stopSent) {

    static SavedDrain of(String server, Scheduled state, BootClock clock) {
        DrainSchedule schedule = state.schedule();
        String outcome = switch (state) {
            case Stopping stopping -> stopping.outcome().label();
            case Stopped stopped -> stopped.outcome().label();
            case Confirming confirming -> of(server, confirming.next(), clock).outcome();
            case Announcing _,Settling _,Waiting _,Cutting _,WithdrawnAfterStop _ -> null;
        };
        boolean stopSent = switch (state) {
            case Stopping _,WithdrawnAfterStop _ -> true;
            case Confirming confirming -> of(server, confirming.next(), clock).stopSent();
            case Stopped stopped -> stopped.stopSent();
            case Announcing _,Settling _,Waiting _,Cutting _ -> false;
        };
        return new SavedDrain(server, state.phase().label(), clock.uptimeMillis(schedule.startAt()),
                clock.uptimeMillis(schedule.deadline().nanoTime()), clock.uptimeMillis(schedule.settledAt()),
                clock.uptimeMillis(schedule.cutAt()), clock.uptimeMillis(schedule.stopAt()),
                clock.uptimeMillis(schedule.killAt()), outcome, stopSent);
    }

    /** The state to go on from; empty where this says nothing that can be gone on from. */
    Optional<Scheduled> state(BootClock clock) {
        if (settledAt > cutAt || cutAt > stopAt || stopAt > killAt) {
            return Optional.empty();
        }
        var schedule = new DrainSchedule(clock.nanoTime(startAt), new Deadline(clock.nanoTime(deadlineAt)),
                clock.nanoTime(settledAt), clock.nanoTime(cutAt), clock.nanoTime(stopAt), clock.nanoTime(killAt));
        return Phase.of(phase).flatMap(named -> switch (named) {
            case OPEN -> Optional.<Scheduled>empty();
            // A new gate has measured nothing yet, so its door is closed.
            case ANNOUNCING, SETTLING -> Optional.of(new Settling(schedule, IdleEvidence.NONE));
            case DRAINING -> Optional.of(new Waiting(schedule, IdleEvidence.NONE));
            case CUTTING -> Optional.of(new Cutting(schedule, IdleEvidence.NONE));
            case STOPPING -> Optional
                    .of(new Stopping(schedule, savedOutcome().orElse(DrainOutcome.CUT), schedule.killAt(), false,
                            false));
            case STOPPED -> Optional.of(new Stopped(schedule, savedOutcome().orElse(DrainOutcome.CUT), stopSent));
            case WITHDRAWN_AFTER_STOP -> Optional.of(new WithdrawnAfterStop(schedule));
        });
    }

    private Optional<DrainOutcome> savedOutcome() {
        return Arrays.stream(DrainOutcome.values()).filter(known -> known.label().equals(outcome)).findFirst();
    }
}
