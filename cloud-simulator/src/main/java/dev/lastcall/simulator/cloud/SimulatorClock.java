// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.time.Duration;
import java.time.Instant;

/** The position on the timeline, the calendar time that belongs to it, and waiting. Confined to the event loop. */
public interface SimulatorClock {

    /** How far the timeline has come; never runs backward. */
    Duration position();

    /** The calendar time at a position: what the metadata server's own clock shows then. */
    Instant wallAt(Duration position);

    /** How much of the timeline passes in so much calendar time. */
    Duration positionsIn(Duration wallTime);

    /** Runs the task on the event loop when the position has moved on by {@code distance}; never when that is for ever. */
    void after(Duration distance, Runnable task);

    /** The metadata server's calendar time now. */
    default Instant now() {
        return wallAt(position());
    }
}
