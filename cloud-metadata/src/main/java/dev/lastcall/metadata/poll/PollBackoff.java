// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.RetryPolicy;

/**
 * Pauses between failures: at random from half of a bound up to it, which doubles from {@link #FIRST} to {@link #CAP}; so the
 * sources of a node, and the nodes of a cluster, do not come back in step. Not thread-safe.
 */
public final class PollBackoff {

    /** The first bound: a link-local server that hiccups is back within milliseconds. */
    public static final Duration FIRST = Duration.ofMillis(250);

    /**
     * The last bound: together with what a question may hang before it is asked again, a server that is back is asked within two
     * seconds. Longer pauses would save a link-local server nothing, and cost a window of 30 s a good part of it.
     */
    public static final Duration CAP = Duration.ofSeconds(1);

    private static final RetryPolicy POLICY = new RetryPolicy(FIRST, CAP);

    private final RandomGenerator random;
    private int failures;

    /** No failure yet. */
    public PollBackoff(RandomGenerator random) {
        this.random = random;
    }

    /** How long to pause after one more failure. */
    public Duration next() {
        return POLICY.after(++failures, random);
    }

    /** It works again. */
    public void reset() {
        failures = 0;
    }
}
