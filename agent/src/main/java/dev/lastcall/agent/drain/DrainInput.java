// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.Optional;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.Deadline;

/** What happens to a drain. */
sealed interface DrainInput {

    /**
     * A final notice is active, or is repeated.
     *
     * @param start T0 on the monotonic clock
     * @param lettingIn what {@link dev.lastcall.agent.server.Door#lettingIn} says
     */
    record Noticed(long start, Deadline deadline, Optional<Duration> lettingIn) implements DrainInput {

        /** Of a server whose door has to be closed at once. */
        Noticed(long start, Deadline deadline) {
            this(start, deadline, Optional.empty());
        }
    }

    /** The deadline has moved earlier. */
    record DeadlineMoved(Deadline deadline) implements DrainInput {}

    /** No final notice is active any more. */
    record Withdrawn() implements DrainInput {}

    /**
     * A reading has come in.
     *
     * @param begun when it was begun: only what was read after an instant can speak for the time after it
     */
    record Reading(InFlight inFlight, long begun) implements DrainInput {}

    /** Time has passed. */
    record Tick() implements DrainInput {}

    /** The kill came back. */
    record Killed(Stopper.Outcome outcome) implements DrainInput {}

    /**
     * The server's process is gone, and nothing listens at its address any more.
     *
     * @param inFlight a reading that was begun after that: what a gate still counts is not drained
     */
    record Gone(InFlight inFlight) implements DrainInput {}

    /** A server that was stopped answers requests again. */
    record Answering() implements DrainInput {}

    /** An operator wants the door open. */
    record Reopened() implements DrainInput {}

    /** The agent was restarted in mid-drain and takes up where it was. */
    record Resumed(DrainState.Scheduled state) implements DrainInput {}

    /**
     * After a restart of the agent, a source or an operator confirms that the node is being reclaimed.
     *
     * @param deadline by when, if that is known; it counts where the deadline from before the restart has passed
     */
    record Confirmed(Optional<Deadline> deadline) implements DrainInput {}

    /** Time has passed. */
    DrainInput TICK = new Tick();
}
