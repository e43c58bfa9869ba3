// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

/**
 * What was forgotten to make room for models.
 *
 * @param models versions of models
 * @param bytes of them, as they counted against the quota
 */
public record Evictions(long models, long bytes) {

    /** Nothing. */
    public static final Evictions NONE = new Evictions(0, 0);

    Evictions and(long moreBytes) {
        return new Evictions(models + 1, bytes + moreBytes);
    }
}
