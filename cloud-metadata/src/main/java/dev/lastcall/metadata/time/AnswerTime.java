// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Instant;

import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/**
 * When an answer's headers arrived, by the three clocks there are.
 *
 * @param nanos on the node's monotonic clock
 * @param wallTime by the node's calendar, which may be wrong
 * @param date the answer's {@code Date} header, that is the provider's calendar; null where it is absent or unreadable
 */
public record AnswerTime(long nanos, Instant wallTime, @Nullable Instant date) {

    /** An answer of this instant that carries no {@code Date}, such as the content of a file. */
    public static AnswerTime now(NodeClock clock) {
        return new AnswerTime(clock.nanoTime(), clock.wallTime(), null);
    }
}
