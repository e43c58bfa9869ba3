// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether new requests get into a server. Thread-safe; the verbs are idempotent, take effect before they return and do
 * not block.
 */
public interface Door {

    /**
     * Whether, after a notice, requests may go on being let in for a while as routers are asked to go elsewhere.
     *
     * @return how long the quickest of them will probably take; empty where the door has to be closed at once
     */
    default Optional<Duration> lettingIn() {
        return Optional.empty();
    }

    /**
     * Asks routers to go elsewhere from now on. Requests that still come are let in if they will probably be over before the
     * cut. {@link #refuseConnections} and {@link #closeDoor} follow, or {@link #openDoor}.
     *
     * @param cutAt when what is then in flight is cut, in nanoseconds of the node's clock
     */
    default void announceClosing(long cutAt) {
        closeDoor();
    }

    /**
     * Refuses clients that connect from now on, where it is a door that does so when it is closed. A request of a client that is
     * connected is let in as before, so that none is refused which was on its way.
     */
    default void refuseConnections() {}

    /** Lets no new request in from now on. */
    void closeDoor();

    /** Lets requests in again. */
    void openDoor();

    /**
     * What else is to be done at a notice so that no request comes, and may take its time: called once for each notice, after
     * the door is closed or announced to close. Blocks the calling thread for at most {@code bound}; never throws.
     *
     * @param left until the node is gone
     */
    default Stopper.Outcome onNotice(Duration left, Duration bound) {
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
