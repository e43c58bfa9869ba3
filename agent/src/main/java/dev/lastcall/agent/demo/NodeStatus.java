// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The node's state at one moment.
 *
 * @param doorOpen whether new requests get in
 * @param phase where the drain is, in lower case, such as {@code draining}
 * @param inFlight requests in flight; -1 where that is not known
 * @param remaining until the deadline; null while no notice is active
 * @param stopSent whether the server has been asked to stop
 * @param over whether the drain is over
 */
record NodeStatus(boolean doorOpen, String phase, int inFlight, @Nullable Duration remaining, boolean stopSent,
        boolean over) {

    boolean isNoticed() {
        return remaining != null;
    }
}
