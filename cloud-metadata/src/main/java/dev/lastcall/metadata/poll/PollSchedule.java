// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.Observation;

/**
 * When to look next: at a fixed rate while looks succeed, counted from the start of a look, each interval shorter by up
 * to a tenth, never longer, so that the interval is the longest time that a notice can stay unseen; after a failure by
 * {@link PollBackoff}. An answer that was not understood is asked for again at once, the first time, because it may be a notice
 * that was being written. Not thread-safe.
 */
public final class PollSchedule {

    /** By how much of itself an interval may be shorter, so that sources do not fall into step. */
    private static final double JITTER = 0.1;

    private final Supplier<Duration> interval;
    private final RandomGenerator random;
    private final PollBackoff pollBackoff;
    private boolean failed;

    /** A schedule whose interval may change between looks. */
    public PollSchedule(Supplier<Duration> interval, RandomGenerator random) {
        this.interval = interval;
        this.random = random;
        this.pollBackoff = new PollBackoff(random);
    }

    /** Somewhat less than that interval, at random. */
    public static Duration jittered(Duration interval, RandomGenerator random) {
        return Duration.ofNanos((long) (interval.toNanos() * (1 - JITTER * random.nextDouble())));
    }

    /** The interval as it is now, without jitter. */
    public Duration interval() {
        return interval.get();
    }

    /** The instant of the next look, after one that began at {@code startNanos} and gave {@code seen} at {@code nowNanos}. */
    public long next(long startNanos, long nowNanos, Observation seen) {
        if (seen instanceof Observation.Unknown unknown) {
            boolean first = !failed;
            failed = true;
            boolean atOnce = first && unknown.problem().kind() == MetadataProblem.Kind.MALFORMED;
            return atOnce ? nowNanos : nowNanos + pollBackoff.next().toNanos();
        }
        failed = false;
        pollBackoff.reset();
        long next = startNanos + jittered(interval(), random).toNanos();
        return next - nowNanos < 0 ? nowNanos : next;
    }
}
