// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/** Whether a notice asks for the drain: now, near its time, or not at all. Decided by the source from its policy. */
public sealed interface Finality {

    /** Act now. */
    record Final() implements Finality {}

    /**
     * Publish it now, act when no more than {@code lead} is left to its deadline.
     *
     * @param lead how long before the deadline the notice becomes final; positive
     */
    record FinalBefore(Duration lead) implements Finality {}

    /** Only publish it. */
    record Advisory() implements Finality {}

    /** Act now. */
    Finality FINAL = new Final();

    /** Only publish it. */
    Finality ADVISORY = new Advisory();
}
