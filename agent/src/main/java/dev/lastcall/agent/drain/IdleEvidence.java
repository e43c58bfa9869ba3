// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import dev.lastcall.agent.server.InFlight;

/**
 * What the readings so far say about being idle.
 *
 * @param zeros complete gauge readings of zero in a row, up to the last reading
 * @param idle whether the last reading settles it
 */
record IdleEvidence(int zeros, boolean idle) {

    /** A server's gauges lag, so that one zero may be a moment between two requests. */
    private static final int ZEROS_NEEDED = 2;

    static final IdleEvidence NONE = new IdleEvidence(0, false);

    IdleEvidence after(InFlight reading) {
        return switch (reading) {
            case InFlight.Exact(int count) -> count == 0 ? new IdleEvidence(0, true) : NONE;
            case InFlight.Gauged(int count) when count == 0 -> {
                int inARow = Math.min(zeros + 1, ZEROS_NEEDED);
                yield new IdleEvidence(inARow, inARow >= ZEROS_NEEDED);
            }
            case InFlight.Gauged _,InFlight.Unclear _,InFlight.Unobservable _ -> NONE;
        };
    }
}
