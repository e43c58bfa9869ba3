// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.server.InFlight;

/**
 * What the readings so far say about being idle.
 *
 * @param zeros complete gauge readings of zero in a row, up to the last reading
 * @param since when the first of them was begun, on the monotonic clock
 * @param idle whether the last reading settles it
 */
record IdleEvidence(int zeros, long since, boolean idle) {

    /** A server's gauges lag, so that one zero may be a moment between two requests. */
    private static final int ZEROS_NEEDED = 2;

    static final IdleEvidence NONE = new IdleEvidence(0, 0, false);

    /** @param begun when the reading was begun */
    IdleEvidence after(InFlight reading, long begun) {
        return switch (reading) {
            case InFlight.Exact(int count) -> count == 0 ? new IdleEvidence(0, begun, true) : NONE;
            case InFlight.Gauged(int count, Duration lag) when count == 0 -> {
                int inARow = Math.min(zeros + 1, ZEROS_NEEDED);
                long first = zeros == 0 ? begun : since;
                yield new IdleEvidence(inARow, first, inARow >= ZEROS_NEEDED && begun - first >= lag.toNanos());
            }
            case InFlight.Gauged _,InFlight.Unclear _,InFlight.Unobservable _ -> NONE;
        };
    }
}
