// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.time.Instant;

/**
 * The node is being taken back: a final notice is active.
 *
 * @param notice the notice that sets the deadline
 * @param deadline the minimum over all final notices; it only moves earlier while the reclamation is active
 * @param detectedAt when the first final notice was seen, by the host's clock, for people
 * @param detectedNanos the same instant on {@link NodeClock#nanoTime()}; T0 of the drain
 */
public record Reclamation(Notice notice, Deadline deadline, Instant detectedAt, long detectedNanos) {

    /** The window: time from detection to deadline; never negative. */
    public Duration window() {
        return Duration.ofNanos(Math.max(0, deadline.nanoTime() - detectedNanos));
    }
}
