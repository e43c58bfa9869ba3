// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/** Ends what is still in flight, honestly: the client can tell that its answer is not complete. */
@FunctionalInterface
public interface Cutter {

    /**
     * Cuts every request that is in flight now. Blocks the calling virtual thread for at most {@code bound}; never throws.
     *
     * @return how many were cut, or -1 where that cannot be known
     */
    int cut(Duration bound);

    /**
     * As {@link #cut(Duration)}, within a scope. What reaches requests that are admitted later runs through
     * {@link CutScope#abort}; a cutter that ends only what was admitted before needs no scope.
     */
    default int cut(Duration bound, CutScope scope) {
        return cut(bound);
    }

    /** Answer of {@link #cut} where the number cannot be known. */
    int UNKNOWN = -1;

    /** There is no way to cut. */
    Cutter NONE = bound -> UNKNOWN;
}
