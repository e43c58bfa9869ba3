// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.time.Duration;

import dev.lastcall.agent.server.Stopper;

/** Leaves the server running until the node goes. Belongs to {@code StopNeeds.NOTHING_TO_STOP}. */
final class NoStopper implements Stopper {

    @Override
    public Outcome terminate(Duration bound) {
        return Outcome.DONE;
    }

    @Override
    public Outcome kill(Duration bound) {
        return Outcome.DONE;
    }

    @Override
    public boolean isGone() {
        return false;
    }
}
