// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/** Bytes a second over the last few seconds, and how long the rest will take at that. Not thread-safe. */
final class RateMeter {

    /** Long enough to be calm, short enough to follow a limit that was just changed. */
    private static final long SPAN_NANOS = Duration.ofSeconds(5).toNanos();

    private static final double NANOS_PER_SECOND = 1e9;

    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(long nanos, long bytes) {}

    /** Notes how far it is. */
    void note(long nanoTime, long bytesDone) {
        readings.addLast(new Reading(nanoTime, bytesDone));
        while (readings.size() > 2 && nanoTime - readings.getFirst().nanos() > SPAN_NANOS) {
            readings.removeFirst();
        }
    }

    /** Empty while nothing is known; 0 while nothing comes. */
    OptionalDouble bytesPerSecond() {
        if (readings.size() < 2) {
            return OptionalDouble.empty();
        }
        Reading first = readings.getFirst();
        Reading last = readings.getLast();
        long nanos = last.nanos() - first.nanos();
        return nanos <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, (last.bytes() - first.bytes()) * NANOS_PER_SECOND / nanos));
    }

    /** Empty while it is not known. */
    Optional<Duration> remaining(long bytesLeft) {
        double rate = bytesPerSecond().orElse(0);
        return rate < 1 ? Optional.empty() : Optional.of(Duration.ofMillis((long) (bytesLeft * 1000.0 / rate)));
    }
}
