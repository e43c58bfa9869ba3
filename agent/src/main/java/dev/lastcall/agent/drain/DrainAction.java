// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

/** What a drain does to its server. Instants are on the monotonic clock and bound the call. */
sealed interface DrainAction {

    /** Whether clients are turned away from then on, a drain's first action. */
    default boolean turnsAway() {
        return this instanceof CloseDoor || this instanceof AnnounceClosing;
    }

    /** Ask routers to go elsewhere, and let in what will be over before the cut. */
    record AnnounceClosing(long cutAt) implements DrainAction {}

    /** Have clients that connect refused; requests of those that are connected still get in. */
    record RefuseConnections() implements DrainAction {}

    /** Let no new request in. */
    record CloseDoor() implements DrainAction {}

    /** Let requests in again. */
    record OpenDoor() implements DrainAction {}

    /** Cut what is left. */
    record Cut(long until) implements DrainAction {}

    /** Ask the server to stop. */
    record Terminate(long until) implements DrainAction {}

    /** Kill the server. */
    record Kill(long until) implements DrainAction {}

    /** Bring the server back, where that is configured. */
    record Restart() implements DrainAction {}
}
