// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import dev.lastcall.metadata.Observation;

/** One look at a source. Called by one thread at a time; blocks within its own bounds. */
@FunctionalInterface
public interface Poll {

    /** What there is to see now. A failure is {@link Observation.Unknown}, not an exception. */
    Observation look() throws InterruptedException;
}
