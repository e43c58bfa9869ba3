// SPDX-License-Identifier: Apache-2.0
/**
 * From what a provider writes about time to an instant on this node's monotonic clock.
 *
 * <p>{@link dev.lastcall.metadata.time.ProviderTimes} reads the notations that the clouds use.
 * {@link dev.lastcall.metadata.time.DeadlineCalculator} turns such a time into a {@link dev.lastcall.metadata.Deadline}: the
 * provider's time minus the {@code Date} of the same answer is what is left, and that is counted down on the monotonic
 * clock. Each time is calculated once, so that reading the same notice again gives the same deadline to the nanosecond.
 */
@NullMarked
package dev.lastcall.metadata.time;

import org.jspecify.annotations.NullMarked;
