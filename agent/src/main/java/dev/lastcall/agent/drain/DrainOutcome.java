// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.Locale;

/** How a drain ended. The set is closed, because it labels metrics and is written into records. */
public enum DrainOutcome {
    /** Everything in flight was finished before the server was asked to stop. */
    DRAINED,
    /** The budget was spent first, and what was left was cut. */
    CUT,
    /** The server was gone before it was asked to stop. */
    GONE,
    /** It could be neither stopped nor killed by its deadline. */
    NOT_STOPPED,
    /** The notice went away in time; the door is open again. */
    WITHDRAWN;

    /**
     * How a drain ended that went from one state to another.
     *
     * @throws IllegalArgumentException if it is still on
     */
    static DrainOutcome of(DrainState before, DrainState after) {
        return switch (after) {
            case DrainState.Stopped stopped -> stopped.outcome();
            case DrainState.Open _ -> WITHDRAWN;
            case DrainState.WithdrawnAfterStop _ -> switch (before) {
                case DrainState.Stopping stopping -> stopping.outcome();
                case DrainState.Confirming confirming -> of(confirming.next(), after);
                case DrainState.Open _,DrainState.Announcing _,DrainState.Draining _,DrainState.Stopped _,DrainState.WithdrawnAfterStop _ ->
                    WITHDRAWN;
            };
            case DrainState.Announcing _,DrainState.Draining _,DrainState.Confirming _,DrainState.Stopping _ ->
                throw new IllegalArgumentException(
                        "the drain is still on: " + after);
        };
    }

    /** The lower-case name in metrics, records and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
