// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/** Polls whether a server can be reached, in a way that costs the server nothing and wakes no sleeping model. */
@FunctionalInterface
public interface HealthProbe {

    /** Takes one reading. Blocks the calling virtual thread for at most {@code bound}, or little longer. Never throws. */
    HealthReading read(Duration bound);

    /** Of a server whose address is not polled: nothing is known to listen there. */
    HealthProbe NONE = bound -> new HealthReading.Unreachable("its address is not polled");
}
