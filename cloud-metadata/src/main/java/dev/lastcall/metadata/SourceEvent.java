// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/** A change in how well a source sees. One event for each transition, none for each failed look. */
public sealed interface SourceEvent {

    /** The source's name. */
    String source();

    /** A look failed where the one before it did not, or failed in another way. */
    record Failing(String source, MetadataProblem problem) implements SourceEvent {}

    /** It has had no good look for {@code unseen}; a notice would be missed. */
    record Blind(String source, Duration unseen) implements SourceEvent {}

    /** It sees again, after {@code unseen} without a good look. */
    record Seeing(String source, Duration unseen) implements SourceEvent {}

    /** Hears of transitions, in order, on the thread that brought the observation. Must not block. */
    @FunctionalInterface
    interface Listener {
        /** Takes one transition. */
        void on(SourceEvent event);
    }
}
