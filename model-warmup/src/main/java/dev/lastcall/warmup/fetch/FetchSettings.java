// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;

/**
 * How the engine works.
 *
 * @param maxConnections never more connections at once than this
 * @param partBytes size of a part of the grid: what a kill can cost per connection, and the unit of the journal
 * @param maxRunParts at most so many adjacent parts in one request
 * @param bufferBudgetBytes memory for data, divided among the connections
 * @param stallAfter a connection on which no byte comes for so long is given up
 * @param slowAfter a connection far slower than the others for so long is given up
 * @param giveUpAfter the fetch ends with the last error when a part makes no progress for so long
 * @param onChange what becomes of the model when a file changes in the store while it is fetched
 * @param isSynced whether a file is on flash before it gets its name
 * @param pageCache what becomes of the memory that the kernel keeps of what is written
 */
public record FetchSettings(int maxConnections, int partBytes, int maxRunParts, int bufferBudgetBytes,
        Duration stallAfter,
        Duration slowAfter, Duration giveUpAfter, ChangePolicy onChange, boolean isSynced, PageCache pageCache) {

    /** Small enough to fetch again without regret, large enough to make a request's latency small beside it. */
    public static final int DEFAULT_PART_BYTES = 16 << 20;

    private static final int MIN_BUFFER_BYTES = 64 << 10;
    private static final int MAX_BUFFER_BYTES = 1 << 20;

    /** What to do when the store says that a file is not the one that was listed any more. */
    public enum ChangePolicy {
        /** List the model again and go on from the new listing, a few times. */
        RESTART,
        /** Fail. */
        STRICT
    }

    /** @throws IllegalArgumentException if a number is not positive */
    public FetchSettings {
        if (maxConnections < 1 || partBytes < 1 || maxRunParts < 1 || bufferBudgetBytes < 1) {
            throw new IllegalArgumentException("connections, part size, run and buffers must be positive");
        }
    }

    /** What suits most nodes. */
    public static FetchSettings defaults() {
        return new FetchSettings(128, DEFAULT_PART_BYTES, 8, 32 << 20, Duration.ofSeconds(15), Duration.ofSeconds(3),
                Duration.ofMinutes(5), ChangePolicy.RESTART, true, PageCache.AUTO);
    }

    /** The same with another bound on connections. */
    public FetchSettings withMaxConnections(int connections) {
        return new FetchSettings(connections, partBytes, maxRunParts, bufferBudgetBytes, stallAfter, slowAfter,
                giveUpAfter, onChange, isSynced, pageCache);
    }

    /** The same with other patience. */
    public FetchSettings withPatience(Duration stall, Duration slow, Duration giveUp) {
        return new FetchSettings(maxConnections, partBytes, maxRunParts, bufferBudgetBytes, stall, slow, giveUp,
                onChange, isSynced, pageCache);
    }

    /** The same with another grid. A partial file of another grid is not resumed. */
    public FetchSettings withPartBytes(int bytes) {
        return new FetchSettings(maxConnections, bytes, maxRunParts, bufferBudgetBytes, stallAfter, slowAfter,
                giveUpAfter, onChange, isSynced, pageCache);
    }

    /** The same with another policy on files that change. */
    public FetchSettings withChangePolicy(ChangePolicy policy) {
        return new FetchSettings(maxConnections, partBytes, maxRunParts, bufferBudgetBytes, stallAfter, slowAfter,
                giveUpAfter, policy, isSynced, pageCache);
    }

    /** The same, with or without waiting for flash. */
    public FetchSettings withSync(boolean synced) {
        return new FetchSettings(maxConnections, partBytes, maxRunParts, bufferBudgetBytes, stallAfter, slowAfter,
                giveUpAfter, onChange, synced, pageCache);
    }

    /** The same with another policy on the page cache. */
    public FetchSettings withPageCache(PageCache policy) {
        return new FetchSettings(maxConnections, partBytes, maxRunParts, bufferBudgetBytes, stallAfter, slowAfter,
                giveUpAfter, onChange, isSynced, policy);
    }

    /**
     * Buffer of one worker, counted from 0. The first few have large ones, as those work all the time: the larger a write,
     * the less it costs. The many that only a slow store needs share what is left.
     */
    int bufferBytes(int worker) {
        int large = Math.min(maxConnections, bufferBudgetBytes / 2 / MAX_BUFFER_BYTES);
        if (worker < large) {
            return MAX_BUFFER_BYTES;
        }
        int share = (bufferBudgetBytes - large * MAX_BUFFER_BYTES) / Math.max(1, maxConnections - large);
        return Math.max(MIN_BUFFER_BYTES, Math.min(MAX_BUFFER_BYTES, Integer.highestOneBit(Math.max(1, share))));
    }
}
