// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/**
 * The instant the node is gone, as best known, on the monotonic clock.
 *
 * <p>Compared by difference, because the monotonic clock's origin is arbitrary and it may wrap. Immutable.
 *
 * @param nanoTime the instant in nanoseconds of {@link NodeClock#nanoTime()}
 */
public record Deadline(long nanoTime) {

    /** The deadline that lies {@code window} from now. */
    public static Deadline in(Duration window, NodeClock clock) {
        return new Deadline(clock.nanoTime() + window.toNanos());
    }

    /** Time left; zero, never negative, once it has passed. */
    public Duration remaining(NodeClock clock) {
        return Duration.ofNanos(Math.max(0, nanoTime - clock.nanoTime()));
    }

    /** Whether the instant has come. */
    public boolean hasPassed(NodeClock clock) {
        return nanoTime - clock.nanoTime() <= 0;
    }

    /** Whether this instant is strictly earlier than the other. */
    public boolean isBefore(Deadline other) {
        return nanoTime - other.nanoTime < 0;
    }

    /** The earlier of the two. */
    public Deadline earlier(Deadline other) {
        return other.isBefore(this) ? other : this;
    }

    /** The instant that lies {@code duration} before this one. */
    public Deadline minus(Duration duration) {
        return new Deadline(nanoTime - duration.toNanos());
    }
}
