// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The board at one instant, for status, metrics and the state file.
 *
 * @param reclamation the active reclamation, or null
 * @param overdue how long ago the active deadline passed; zero while it is ahead or no notice is active
 * @param notices every notice on the board, in the order of their first sight
 * @param sources every source, by name
 * @param listenerFailures how often a listener threw; it should be zero
 * @param lastListenerFailure what the last of them said, or null
 */
public record BoardSnapshot(@Nullable Reclamation reclamation, Duration overdue, List<Posted> notices,
        List<SourceStatus> sources,
        long listenerFailures, @Nullable String lastListenerFailure) {

    public BoardSnapshot {
        notices = List.copyOf(notices);
        sources = List.copyOf(sources);
    }

    /**
     * One notice and whether it asks for the drain now.
     *
     * @param notice the notice as last observed, its deadline the earliest observed since it became final
     * @param isFinal whether it is final by now
     * @param isDoubted whether it was long past its time when it was first seen, and is not acted on until confirmed
     */
    public record Posted(Notice notice, boolean isFinal, boolean isDoubted) {}

    /** Whether a source is blind: a notice could be missed. */
    public boolean blind() {
        return sources.stream().anyMatch(SourceStatus::blind);
    }
}
