// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.metadata.Deadline;

/**
 * A budget put on the monotonic clock: when each phase of one drain ends at the latest. Instants are nanoseconds of the
 * node's clock and are compared by difference only.
 *
 * @param start T0, when the notice was seen
 * @param deadline when the node is gone
 * @param settled when routers know that the door is closed
 * @param cut when draining ends
 * @param stop when the server is told to stop
 * @param kill when it is killed
 */
record DrainSchedule(long start, Deadline deadline, long settled, long cut, long stop, long kill) {

    /** The schedule of a notice that was seen at {@code start} and is acted on at {@code now}. */
    static DrainSchedule of(long start, Deadline deadline, long now, DrainPolicy policy, StopNeeds needs) {
        Budget budget = policy.budget(Duration.ofNanos(deadline.nanoTime() - now), needs);
        return new DrainSchedule(start, deadline, now + budget.settle().toNanos(), now + budget.cutAt().toNanos(),
                now + budget.stopAt().toNanos(), now + budget.killAt().toNanos());
    }

    /**
     * This schedule after its deadline has moved. What is left is divided anew; no instant ever moves later, and a
     * deadline that is not earlier changes nothing.
     */
    DrainSchedule compressed(Deadline moved, long now, DrainPolicy policy, StopNeeds needs) {
        if (!moved.isBefore(deadline)) {
            return this;
        }
        DrainSchedule anew = of(start, moved, now, policy, needs);
        return new DrainSchedule(start, moved, earlier(settled, anew.settled), earlier(cut, anew.cut),
                earlier(stop, anew.stop), earlier(kill, anew.kill));
    }

    /**
     * This schedule after a restart of the agent. Where the time to drain is over, what is left until the deadline is divided
     * again, at least {@link DrainPolicy#MINIMAL_WINDOW}: an honest cut and a SIGTERM need a moment each.
     */
    DrainSchedule afterRestart(long now, DrainPolicy policy, StopNeeds needs) {
        return now - cut < 0 ? this : of(start, deadline, now, policy, needs);
    }

    private static long earlier(long a, long b) {
        return a - b <= 0 ? a : b;
    }
}
