// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/**
 * One place that notices come from. It looks for itself, at its own pace, and reports every look; it holds the state of
 * its own conversation (tokens, ETags, back-off) and nothing of what the looks mean together.
 *
 * <p>A source never ends by itself and never throws out of its thread: a failed look is an
 * {@link Observation.Unknown}.
 */
public interface NoticeSource extends AutoCloseable {

    /** Its name in configuration, metrics and records, such as {@code aws-spot}; unique on the node. */
    String name();

    /** How often it looks while all is well, so that a slow one is not taken for a blind one. Zero: no pace of its own. */
    default Duration lookInterval() {
        return Duration.ZERO;
    }

    /** What its silence means for the node. */
    enum Role {
        /** It carries the provider's own final notice: where no such source sees, a notice would be missed. */
        DECISIVE,
        /** It adds to what others say: advice, plans, an operator's file. */
        SUPPORTING
    }

    /** What its silence means for the node. */
    default Role role() {
        return Role.DECISIVE;
    }

    /** Begins to look, on a thread of its own, and reports to {@code sink}. Called once. */
    void start(ObservationSink sink);

    /** Stops looking; returns within a second. Idempotent. */
    @Override
    void close();

    /** Looks now instead of at the next due time, because the clock or the machine has jumped; must not block. */
    default void lookNow() {}

    /** Whether it looks: started, and not ended. */
    default boolean isRunning() {
        return true;
    }

    /** Takes the observations of sources. Thread-safe; must not block. */
    @FunctionalInterface
    interface ObservationSink {
        /** Takes what {@code source} has just seen. */
        void observe(String source, Observation observation);

        /** Who hears of faults in a source's own loop. */
        default LoopObserver loops() {
            return LoopObserver.NONE;
        }
    }
}
