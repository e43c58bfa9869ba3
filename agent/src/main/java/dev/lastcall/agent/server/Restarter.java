// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/** Brings a server back that was stopped for a notice which was then withdrawn. Only where the operator asked for it. */
@FunctionalInterface
public interface Restarter {

    /** Starts the server again. Blocks the calling virtual thread for at most {@code bound}; never throws. */
    Stopper.Outcome restart(Duration bound);

    /** Leaves it stopped. */
    Restarter NONE = bound -> new Stopper.Outcome.Failed("no restart command is configured");
}
