// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Duration;

import dev.lastcall.metadata.Deadline;

/**
 * A provider's time on the monotonic clock.
 *
 * @param deadline the instant
 * @param pastBy how far in the past the provider's time already was when it was first read; zero where it was ahead
 * @param remark what was odd about it, for the notice's description; empty where nothing was
 */
public record Reckoned(Deadline deadline, Duration pastBy, String remark) {

    /** Whether the time was already over when it was first read. */
    public boolean wasPast() {
        return !pastBy.isZero();
    }

    /** {@code text} with the remark behind it. */
    public String describe(String text) {
        return remark.isEmpty() ? text : text + " (" + remark + ")";
    }
}
