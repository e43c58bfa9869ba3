// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.Deadline;

/** What happens to a drain. */
sealed interface DrainInput {

    /**
     * A final notice stands, or is repeated.
     *
     * @param start T0 on the monotonic clock
     */
    record Noticed(long start, Deadline deadline) implements DrainInput {}

    /** The deadline has moved earlier. */
    record DeadlineMoved(Deadline deadline) implements DrainInput {}

    /** No final notice stands any more. */
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

    /** The server's process is gone. */
    record Gone() implements DrainInput {}

    /** The command that brings the server back has come back. */
    record Restarted(Stopper.Outcome outcome) implements DrainInput {}

    /** The agent was restarted in mid-drain and takes up where it was. */
    record Resumed(DrainState.Scheduled state) implements DrainInput {}

    /** Time has passed. */
    DrainInput TICK = new Tick();
}
