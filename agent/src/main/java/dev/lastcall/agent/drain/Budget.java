// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

/**
 * A window, divided. All instants are measured from the notice; they are in the order of the components but for the
 * window, which is not before the kill.
 *
 * @param window the whole
 * @param settledAt the door has been closed long enough for routers to know
 * @param cutAt draining ends and what is left is cut
 * @param stopAt SIGTERM at the latest
 * @param killAt SIGKILL at the latest
 */
public record Budget(Duration window, Duration settledAt, Duration cutAt, Duration stopAt, Duration killAt) {

    public Budget {
        if (settledAt.isNegative() || settledAt.compareTo(cutAt) > 0 || cutAt.compareTo(stopAt) > 0
                || stopAt.compareTo(killAt) > 0 || killAt.compareTo(window) > 0) {
            throw new IllegalArgumentException("the phases of a budget are out of order: settle " + settledAt + ", cut "
                    + cutAt + ", stop " + stopAt + ", kill " + killAt + ", window " + window);
        }
    }

    /**
     * Until when a door that is announced to close lets requests in at the latest: the last part of the time that routers have
     * is for clients that connect just then.
     */
    public Duration announcedUntil() {
        return settledAt.minusNanos((long) (settledAt.toNanos() * DrainPolicy.CLOSED_SHARE));
    }
}
