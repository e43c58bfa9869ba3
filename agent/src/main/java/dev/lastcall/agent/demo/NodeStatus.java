// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How the node stands at one moment.
 *
 * @param doorOpen whether new requests get in
 * @param phase where the drain is, in lower case, such as {@code draining}
 * @param inFlight requests in flight; -1 where nobody could tell
 * @param remaining until the deadline; null while no notice stands
 * @param told whether the server has been told to stop
 * @param over whether the drain is over
 */
record NodeStatus(boolean doorOpen, String phase, int inFlight, @Nullable Duration remaining, boolean told,
        boolean over) {

    boolean isNoticed() {
        return remaining != null;
    }
}
