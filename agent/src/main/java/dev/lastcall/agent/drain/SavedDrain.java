// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.Arrays;
import java.util.Optional;

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
 * One server's drain as it stands in the state file. Instants are milliseconds since boot.
 *
 * @param server the server's name
 * @param phase the label of the phase
 * @param outcome the label of the outcome, once that is known
 * @param told whether the server was told to stop
 */
record SavedDrain(String server, String phase, long start, long deadline, long settled, long cut, long stop, long kill,
        @Nullable String outcome, boolean told) {

    static SavedDrain of(String server, Scheduled state, BootClock clock) {
        DrainSchedule schedule = state.schedule();
        String outcome = switch (state) {
            case Stopping stopping -> stopping.outcome().label();
            case Stopped stopped -> stopped.outcome().label();
            case Confirming confirming -> of(server, confirming.next(), clock).outcome();
            case Settling _,Waiting _,Cutting _,WithdrawnAfterStop _ -> null;
        };
        boolean told = switch (state) {
            case Stopping _,WithdrawnAfterStop _ -> true;
            case Confirming confirming -> of(server, confirming.next(), clock).told();
            case Stopped stopped -> stopped.told();
            case Settling _,Waiting _,Cutting _ -> false;
        };
        return new SavedDrain(server, state.phase().label(), clock.uptimeMillis(schedule.start()),
                clock.uptimeMillis(schedule.deadline().nanoTime()), clock.uptimeMillis(schedule.settled()),
                clock.uptimeMillis(schedule.cut()), clock.uptimeMillis(schedule.stop()),
                clock.uptimeMillis(schedule.kill()), outcome, told);
    }

    /** The state to go on from; empty where this says nothing that can be gone on from. */
    Optional<Scheduled> state(BootClock clock) {
        if (settled > cut || cut > stop || stop > kill) {
            return Optional.empty();
        }
        var schedule = new DrainSchedule(clock.nanoTime(start), new Deadline(clock.nanoTime(deadline)),
                clock.nanoTime(settled), clock.nanoTime(cut), clock.nanoTime(stop), clock.nanoTime(kill));
        return Phase.of(phase).flatMap(named -> switch (named) {
            case OPEN -> Optional.<Scheduled>empty();
            case CLOSED -> Optional.of(new Settling(schedule, IdleEvidence.NONE));
            case DRAINING -> Optional.of(new Waiting(schedule, IdleEvidence.NONE));
            case CUTTING -> Optional.of(new Cutting(schedule, IdleEvidence.NONE));
            case STOPPING -> Optional
                    .of(new Stopping(schedule, savedOutcome().orElse(DrainOutcome.CUT), schedule.kill(), false, false));
            case STOPPED -> Optional.of(new Stopped(schedule, savedOutcome().orElse(DrainOutcome.CUT), told));
            case WITHDRAWN_AFTER_STOP -> Optional.of(new WithdrawnAfterStop(schedule));
        });
    }

    private Optional<DrainOutcome> savedOutcome() {
        return Arrays.stream(DrainOutcome.values()).filter(known -> known.label().equals(outcome)).findFirst();
    }
}
