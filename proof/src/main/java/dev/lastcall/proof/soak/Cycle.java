// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.time.Duration;

/**
 * One notice and its withdrawal; moments count from the start of the plan.
 *
 * @param noticeAt when the notice can be seen
 * @param window from the notice to the deadline that it names
 * @param goneAt when it cannot be seen any more
 * @param cuts whether the cut begins before the withdrawal is believed
 */
record Cycle(Duration noticeAt, Duration window, Duration goneAt, boolean cuts) {}
