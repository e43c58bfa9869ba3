// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

/** What a drain does to its server. Instants are on the monotonic clock and bound the call. */
sealed interface DrainAction {

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
