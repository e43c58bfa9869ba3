// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

/** What becomes of the memory that the kernel keeps of the files that are written. */
public enum PageCache {
    /** {@link #KEEP} where all that is to be fetched fits into half of the memory that is to be had, else {@link #BYPASS}. */
    AUTO,
    /** Written through the cache and left there, so that a server which loads the model soon reads no disk. */
    KEEP,
    /**
     * Written past the cache, by O_DIRECT, so that other processes keep theirs and next to no processor time goes into it.
     * Where a file must be hashed in order, or the file system refuses, it is written through the cache and dropped from it.
     */
    BYPASS,
    /** As {@link #BYPASS}, but a file that is whole is read into the cache then, as far as there is room. */
    REFILL
}
