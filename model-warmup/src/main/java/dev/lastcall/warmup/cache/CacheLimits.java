// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

/**
 * How much of the disk the cache may use.
 *
 * @param quotaBytes of all models together; 0 for no quota
 * @param reserveBytes always left free on the file system
 */
public record CacheLimits(long quotaBytes, long reserveBytes) {

    /** The reserve alone: 1 GiB, so that logs and the journals of others still find room. */
    public static final CacheLimits DEFAULT = new CacheLimits(0, 1L << 30);

    /** @throws IllegalArgumentException if negative */
    public CacheLimits {
        if (quotaBytes < 0 || reserveBytes < 0) {
            throw new IllegalArgumentException("quota and reserve cannot be negative");
        }
    }
}
