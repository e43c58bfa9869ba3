// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/** Reads how many requests are in flight. */
@FunctionalInterface
public interface InFlightProbe {

    /**
     * Takes one reading. May block the calling virtual thread for at most {@code bound}, then answers
     * {@link InFlight.Unclear}. Never throws.
     */
    InFlight read(Duration bound);

    /**
     * Whether a reading counts as use of the server, so that a model which sleeps when idle would stay awake. Such a probe is
     * read once, to learn that it works, and again in a drain.
     */
    default boolean keepsAwake() {
        return false;
    }
}
