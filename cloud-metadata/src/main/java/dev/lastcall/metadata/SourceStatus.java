// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * How well a source sees, at one instant.
 *
 * @param name the source's name
 * @param role what its silence means for the node
 * @param looks how many looks it has reported
 * @param lastSuccessNanos when it last gave a definite answer, on {@link NodeClock#nanoTime()}; null where it never has
 * @param lastProblem why a look last failed; kept after the source sees again; null where none ever has
 * @param failing whether the newest look failed
 * @param blind whether it has had no good look for longer than it should
 * @param problems how many looks failed, by the kind of failure; every kind is present
 */
public record SourceStatus(String name, NoticeSource.Role role, long looks, @Nullable Long lastSuccessNanos,
        @Nullable MetadataProblem lastProblem,
        boolean failing, boolean blind, Map<MetadataProblem.Kind, Long> problems) {

    public SourceStatus {
        problems = Map.copyOf(problems);
    }

    /** Time since the last good look; empty where there was none. */
    public Optional<Duration> sinceGoodLook(NodeClock clock) {
        return Optional.ofNullable(lastSuccessNanos)
                .map(nanos -> Duration.ofNanos(Math.max(0, clock.nanoTime() - nanos)));
    }
}
