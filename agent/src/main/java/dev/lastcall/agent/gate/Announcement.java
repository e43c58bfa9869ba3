// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.Map;

/**
 * The door between a notice and its closing: routers are asked to go elsewhere, and a request that still comes is let in if
 * it will probably be over before the cut. Instants and durations are nanoseconds of the node's clock. Immutable.
 *
 * @param cutAt    when what is then in flight is cut
 * @param policy   which requests are let in
 * @param expected what a request of each route will probably take; see {@link RouteDurations#expected}
 */
record Announcement(long cutAt, Policy policy, Map<String, Long> expected) {

    /** Which requests are let in. */
    enum Policy {
        /** Those that will probably be over before the cut. */
        MEASURED,
        /** All. */
        ALL
    }

    Announcement {
        expected = Map.copyOf(expected);
    }

    /**
     * Whether a request is let in now. One of which nothing is known is not, nor is a WebSocket: it has no end of its own.
     */
    boolean admits(String path, boolean webSocket, long now) {
        if (policy == Policy.ALL) {
            return true;
        }
        Long nanos = expected.get(path);
        if (nanos == null) {
            nanos = expected.get(RouteDurations.OTHER);
        }
        return nanos != null && !webSocket && now + nanos - cutAt <= 0;
    }
}
