// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a model became warm.
 *
 * @param model its name
 * @param folder where its files are
 * @param files how many
 * @param bytes of all files
 * @param bytesReceived off the wire this time
 * @param bytesReused that were there before, or in another version
 * @param filesWithoutDigest for which the store vouched by no digest
 * @param took from beginning to end
 * @param limit what bounded the rate
 * @param retries requests that had to be repeated
 * @param connections most at once
 */
public record WarmupReport(String model, Path folder, int files, long bytes, long bytesReceived, long bytesReused,
        int filesWithoutDigest, Duration took, Limit limit, long retries, int connections) {

    /** What kept it from being faster. */
    public enum Limit {
        /** Nothing was to be fetched. */
        NOTHING,
        /** The way to the store, or the store itself without saying so. */
        NETWORK,
        /** The store said so: 429, 503. */
        STORE,
        /** Writing. */
        DISK,
        /** The processors. */
        CPU,
        /** The configured bandwidth. */
        CONFIGURED
    }

    /** Bytes received a second; 0 where nothing was. */
    public long bytesPerSecond() {
        return took.isZero() ? 0 : (long) (bytesReceived * 1e9 / took.toNanos());
    }
}
