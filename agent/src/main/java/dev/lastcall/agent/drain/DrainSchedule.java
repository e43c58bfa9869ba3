// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.metadata.Deadline;

/**
 * A budget put on the monotonic clock: when each phase of one drain ends at the latest. Instants are nanoseconds of the
 * node's clock and are compared by difference only.
 *
 * @param startAt T0, when the notice was seen
 * @param deadline when the node is gone
 * @param settledAt when routers know that the door is closed
 * @param cutAt when draining ends
 * @param stopAt when the server is asked to stop
 * @param killAt when it is killed
 */
record DrainSchedule(long startAt, Deadline deadline, long settledAt, long cutAt, long stopAt, long killAt) {

    /** The schedule of a notice that was seen at {@code start} and is acted on at {@code now}. */
    static DrainSchedule of(long start, Deadline deadline, long now, DrainPolicy policy, StopNeeds needs) {
        Budget budget = policy.budget(Duration.ofNanos(deadline.nanoTime() - now), needs);
        return new DrainSchedule(start, deadline, now + budget.settledAt().toNanos(), now + budget.cutAt().toNanos(),
                now + budget.stopAt().toNanos(), now + budget.killAt().toNanos());
    }

    /**
     * This schedule after its deadline has moved. What is left is divided again; no instant ever moves later, and a
     * deadline that is not earlier changes nothing.
     */
    DrainSchedule compressed(Deadline moved, long now, DrainPolicy policy, StopNeeds needs) {
        if (!moved.isBefore(deadline)) {
            return this;
        }
        DrainSchedule updated = of(startAt, moved, now, policy, needs);
        return new DrainSchedule(startAt, moved, earlier(settledAt, updated.settledAt), earlier(cutAt, updated.cutAt),
                earlier(stopAt, updated.stopAt), earlier(killAt, updated.killAt));
    }

    /**
     * This schedule after a restart of the agent. Where the time to drain is over, what is left until the deadline is divided
     * again, at least {@link DrainPolicy#MINIMAL_WINDOW}: an honest cut and a SIGTERM need a moment each.
     */
    DrainSchedule afterRestart(long now, DrainPolicy policy, StopNeeds needs) {
        return now - cutAt < 0 ? this : of(startAt, deadline, now, policy, needs);
    }

    /**
     * When a door that has been announced to close is closed: the last part of the time that routers have is for clients
     * that connect just then.
     *
     * @param quickest what the quickest request will probably take, in nanoseconds; later than that before the cut none is let in
     */
    long closeAt(long quickest) {
        return earlier(settledAt - (long) ((settledAt - startAt) * DrainPolicy.CLOSED_SHARE), cutAt - quickest);
    }

    private static long earlier(long a, long b) {
        return a - b <= 0 ? a : b;
    }
}
