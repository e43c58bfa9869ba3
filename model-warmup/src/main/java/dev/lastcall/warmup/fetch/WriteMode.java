// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.util.OptionalLong;

import dev.lastcall.warmup.store.RemoteFile;

/** How the bytes of one file go onto the disk. */
enum WriteMode {
    /** Through the page cache, and left there. */
    CACHED,
    /** Through the page cache, and dropped from it once they are on the disk. */
    DROPPED,
    /** Past the page cache. */
    DIRECT;

    /** A write past the cache waits for the disk; below this there is but one. */
    private static final long DIRECT_FROM_BYTES = 1 << 20;

    /**
     * What the policy comes to for a whole fetch: {@link PageCache#AUTO} decided.
     *
     * @param bytes that are to be written
     * @param room for the page cache; where it is not known it is taken to be enough
     */
    static PageCache decide(PageCache policy, long bytes, OptionalLong room) {
        if (policy != PageCache.AUTO) {
            return policy;
        }
        return room.isEmpty() || bytes <= room.getAsLong() / 2 ? PageCache.KEEP : PageCache.BYPASS;
    }

    /**
     * For one file under a policy that is decided. What is hashed in order is read again, so that it must pass the cache; and a
     * small file is written sooner than the way past the cache is prepared.
     */
    static WriteMode of(PageCache decided, RemoteFile file) {
        if (decided == PageCache.KEEP || decided == PageCache.AUTO) {
            return CACHED;
        }
        return file.sizeBytes() < DIRECT_FROM_BYTES
                || file.bestDigest().filter(digest -> !digest.kind().isCombinable()).isPresent() ? DROPPED : DIRECT;
    }
}
