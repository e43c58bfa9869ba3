// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

/**
 * What was seen of agent and server from outside; instants on {@link System#nanoTime()}.
 *
 * @param noticeNanos when the notice could be seen
 * @param unreadyNanos when the agent's readiness was first seen to say no, or {@link #NEVER}
 * @param goneNanos when the server's process ended, or {@link #NEVER}
 * @param agentAlive whether the agent was still there at the end
 */
record Sightings(long noticeNanos, long unreadyNanos, long goneNanos, boolean agentAlive) {

    /** What was not seen. */
    static final long NEVER = Long.MAX_VALUE;
}
