// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Duration;
import java.time.Instant;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import org.jspecify.annotations.Nullable;

/**
 * A provider's time on the monotonic clock.
 *
 * @param deadline the instant
 * @param pastBy how far in the past the provider's time already was when it was first read; zero where it was ahead
 * @param pastTime the provider's time, where it was over by more than {@link DeadlineCalculator#READ_LATE} when it was first read;
 *     null otherwise
 * @param remark what was odd about it, for the notice's description; empty where nothing was
 */
public record CalculatedDeadline(Deadline deadline, Duration pastBy, @Nullable Instant pastTime, String remark) {

    /** Whether the time was already over when it was first read. */
    public boolean wasPast() {
        return !pastBy.isZero();
    }

    /** {@code text} with the remark behind it. */
    public String describe(String text) {
        return remark.isEmpty() ? text : text + " (" + remark + ")";
    }

    /** The notice that it is the time of. */
    public Notice notice(NoticeKey key, Finality finality, String text) {
        return new Notice(key, finality, deadline, describe(text), pastTime);
    }
}
