// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.lastcall.warmup.fetch.FetchProgress;

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
 * @param storeAway why the store could not be asked whether this is its newest version, where what was there already counts
 *     without that; empty where the store was asked
 * @param notes what a person should know of the listing: names that were left out, offers that the store did not keep
 */
public record WarmupReport(String model, Path folder, int files, long bytes, long bytesReceived, long bytesReused,
        int filesWithoutDigest, Duration took, Limit limit, long retries, int connections,
        String storeAway, List<String> notes) {

    /** Copies. */
    public WarmupReport {
        notes = List.copyOf(notes);
    }

    /** What kept it from being faster. */
    public enum Limit {
        /** Nothing was to be fetched. */
        NOTHING,
        /** It was over before anything was known. */
        UNKNOWN,
        /** The way to the store, or the store itself without saying so. */
        NETWORK,
        /** The store said so: 429, 503. */
        STORE,
        /** Writing. */
        DISK,
        /** The processors. */
        CPU,
        /** The configured bandwidth. */
        CONFIGURED;

        private static final Duration TOO_SHORT = Duration.ofSeconds(2);
        private static final double MUCH_LIMITED = 0.3;
        private static final double MUCH_BACKED_OFF = 0.2;
        private static final double ALL_BUSY = 0.9;
        private static final double MUCH_WRITTEN = 0.5;

        /**
         * What kept a fetch from being faster.
         *
         * @param fetched the fetch at its end
         * @param busy share of the processors' time, 0 to 1, that was in use meanwhile
         */
        static Limit met(FetchProgress fetched, double busy) {
            FetchProgress.Spent spent = fetched.spent();
            double all = Math.max(1.0,
                    (double) spent.reading() + spent.writing() + spent.backingOff() + spent.limited());
            if (spent.limited() > all * MUCH_LIMITED) {
                return CONFIGURED;
            }
            if (fetched.throttled() > 0 && spent.backingOff() > all * MUCH_BACKED_OFF) {
                return STORE;
            }
            if (spent.wall() < TOO_SHORT.toNanos()) {
                return UNKNOWN;
            }
            // Before the disk: a worker that waits for a processor in a write seems to wait for the disk.
            if (busy > ALL_BUSY) {
                return CPU;
            }
            boolean isFlushed = spent.flushing() > spent.wall() * MUCH_LIMITED;
            return isFlushed || spent.writing() > all * MUCH_WRITTEN ? DISK : NETWORK;
        }
    }

    /** Whether the store said that this is what it has. */
    public boolean isStoreAsked() {
        return storeAway.isEmpty();
    }

    /** Bytes received a second; 0 where nothing was. */
    public long bytesPerSecond() {
        return took.isZero() ? 0 : (long) (bytesReceived * 1e9 / took.toNanos());
    }
}
