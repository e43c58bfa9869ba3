// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A drain went from one phase to another.
 *
 * @param server the server's name
 * @param from the phase it left
 * @param to the phase it is in
 * @param at when, by the host's clock
 * @param elapsed since the notice
 * @param timeLeft until the deadline
 * @param doorDelay from the notice being seen to the door being announced to close, or closed; null unless this transition
 *        did that, where the door did not move, and where an earlier process had turned it
 * @param record what became of the drain; null unless this transition ended it
 * @param dryRun whether nothing is really done
 */
public record DrainTransition(String server, Phase from, Phase to, Instant at, Duration elapsed, Duration timeLeft,
        @Nullable Duration doorDelay, @Nullable DrainRecord record, boolean dryRun) {

    /** Hears of transitions, in order for each server, off the critical path. May block; a throw is logged. */
    @FunctionalInterface
    public interface Listener {
        /** Takes one transition. */
        void on(DrainTransition transition);
    }
}
