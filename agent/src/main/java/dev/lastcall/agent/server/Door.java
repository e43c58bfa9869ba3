// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/**
 * Whether new requests get into a server. Thread-safe; both verbs are idempotent, take effect before they return and do
 * not block.
 */
public interface Door {

    /** Lets no new request in from now on. */
    void closeDoor();

    /** Lets requests in again. */
    void openDoor();

    /**
     * What else is to be done at a notice so that no request comes, and may take its time: called once for each notice, after
     * the door is closed. Blocks the calling thread for at most {@code bound}; never throws.
     *
     * @param left until the node is gone
     */
    default Stopper.Outcome announce(Duration left, Duration bound) {
        return Stopper.Outcome.DONE;
    }

    /** No door: the server is reached by ways that the agent does not control. */
    Door NONE = new Door() {
        @Override
        public void closeDoor() {}

        @Override
        public void openDoor() {}
    };
}
