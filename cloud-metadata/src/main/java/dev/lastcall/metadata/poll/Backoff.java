// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between failures: anywhere from zero up to a bound that doubles from {@link #FIRST} to {@link #CAP} ("full jitter",
 * so that the sources of a node, and the nodes of a cluster, do not come back in step). Not thread-safe.
 */
public final class Backoff {

    /** The first bound: a link-local server that hiccups is back within milliseconds. */
    public static final Duration FIRST = Duration.ofMillis(250);

    /** The last bound: after an outage a notice is seen at most this much later than the server is back. */
    public static final Duration CAP = Duration.ofSeconds(5);

    private final RandomGenerator random;
    private int failures;

    /** No failure yet. */
    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** How long to pause after one more failure. */
    public Duration next() {
        long bound = Math.min(CAP.toNanos(), FIRST.toNanos() << Math.min(failures, 16));
        failures++;
        return Duration.ofNanos(random.nextLong(bound + 1));
    }

    /** It works again. */
    public void reset() {
        failures = 0;
    }
}
