// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long requests took, in buckets that are a quarter of a power of two wide: a quantile is at most a quarter too long and
 * never too short. Takes {@value #BUCKETS} counters, whatever is recorded. One thread records; any thread reads.
 */
final class DurationHistogram {

    /** From 1 ms to more than two hours. */
    private static final int BUCKETS = 96;
    private static final int STEPS = 4;
    private static final long UNIT_NANOS = 1_000_000L;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);

    /** Counts one duration. */
    void record(long nanos) {
        int bucket = bucket(nanos);
        counts.setOpaque(bucket, counts.getPlain(bucket) + 1);
    }

    /** Adds what this has counted to {@code sums}, which {@link #quantile} reads. */
    void addTo(long[] sums) {
        for (int i = 0; i < BUCKETS; i++) {
            sums[i] += counts.getOpaque(i);
        }
    }

    /** Room for the sums of several. */
    static long[] sums() {
        return new long[BUCKETS];
    }

    /**
     * The duration that this share of what was counted did not exceed.
     *
     * @param least with fewer counts than this nothing can be said
     * @return nanoseconds; empty where nothing can be said
     */
    static OptionalLong quantile(long[] sums, double share, long least) {
        long all = 0;
        for (long sum : sums) {
            all += sum;
        }
        if (all < least) {
            return OptionalLong.empty();
        }
        long wanted = (long) Math.ceil(all * share);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += sums[i];
            if (seen >= wanted) {
                return i == BUCKETS - 1 ? OptionalLong.of(Duration.ofDays(1).toNanos()) : OptionalLong.of(end(i));
            }
        }
        return OptionalLong.empty();
    }

    /** Bucket 0 ends at one unit; after it each power of two has {@link #STEPS} buckets. */
    private static int bucket(long nanos) {
        long units = (nanos + UNIT_NANOS - 1) / UNIT_NANOS;
        if (units <= 1) {
            return 0;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(units - 1);
        long step = (((units - 1) - (1L << power)) * STEPS) >> power;
        return (int) Math.min(BUCKETS - 1, 1 + (long) power * STEPS + step);
    }

    /** The longest duration of a bucket. */
    private static long end(int bucket) {
        if (bucket == 0) {
            return UNIT_NANOS;
        }
        int power = (bucket - 1) / STEPS;
        int step = (bucket - 1) % STEPS;
        return (((1L << power) * (STEPS + step + 1) + STEPS - 1) / STEPS) * UNIT_NANOS;
    }
}
