// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;

/**
 * How many connections are right. It starts with a few, doubles while that makes the whole faster, then probes upwards in
 * small steps and takes back those that bring nothing; where the store asks for fewer requests it cuts at once and climbs
 * again one by one. A complaint after a calm climb is the edge of what the store grants, and is answered by a step back from it
 * only, so that nearly all of it is used. Thread-safe; pure arithmetic on its arguments.
 */
final class Concurrency {

    private static final int INITIAL = 8;

    /** Of many small files each costs a round trip, so that a few connections would wait most of the time. */
    private static final int INITIAL_OF_SMALL_FILES = 32;

    private static final long SMALL_BYTES = 1 << 20;
    private static final double CUT = 0.7;

    /** At the edge one connection was too many, and not three in ten. */
    private static final double STEP_BACK = 0.9;

    /** So many looks without a complaint are a calm climb, and as many are waited at the edge before the next. */
    private static final int CALM_LOOKS = 3;

    /** A store that refuses some of everything is not helped by fewer, since each that is refused waits by itself. */
    private static final int LEAST_AFTER_CUT = 4;

    /** One complaint of an overloaded store comes on many connections at once: it counts once. */
    private static final Duration CUT_AT_MOST_EVERY = Duration.ofSeconds(1);

    private static final double DOUBLING_MUST_GAIN = 1.15;
    private static final double PROBE_MUST_GAIN = 1.03;

    /** Looks at the rate between two probes in the steady state. */
    private static final int PROBE_EVERY = 8;

    private enum Phase {
        DOUBLING, STEADY, PROBING
    }

    private final int max;
    private int limit; // all guarded by this
    private int limitBefore;
    private Phase phase = Phase.DOUBLING;
    private double rateBefore;
    private int looks;
    private boolean everCut;
    private int looksSinceCut;
    private int looksToRest;
    private long lastCut;

    Concurrency(int max) {
        this(max, INITIAL);
    }

    private Concurrency(int max, int initial) {
        this.max = max;
        this.limit = Math.min(initial, max);
        this.limitBefore = limit;
    }

    /** To begin with, for so many files of so many bytes in all. */
    static Concurrency of(int max, int files, long bytes) {
        boolean areManyAndSmall = files > INITIAL_OF_SMALL_FILES && bytes / files < SMALL_BYTES;
        return areManyAndSmall ? new Concurrency(max, INITIAL_OF_SMALL_FILES) : new Concurrency(max);
    }

    synchronized int limit() {
        return limit;
    }

    /** Whether it is still looking for the right size, by doubling. */
    synchronized boolean isDoubling() {
        return phase == Phase.DOUBLING;
    }

    /** The store asked for fewer requests. */
    synchronized void throttled(long nanoTime) {
        if (everCut && nanoTime - lastCut < CUT_AT_MOST_EVERY.toNanos()) {
            return;
        }
        boolean atTheEdge = everCut && looksSinceCut >= CALM_LOOKS;
        int least = Math.min(limit, LEAST_AFTER_CUT);
        limit = Math.max(least, Math.min(limit - 1, (int) (limit * (atTheEdge ? STEP_BACK : CUT))));
        looksSinceCut = 0;
        looksToRest = atTheEdge ? CALM_LOOKS : 0;
        lastCut = nanoTime;
        everCut = true;
        phase = Phase.STEADY;
        looks = 0;
    }

    /**
     * A look at the rate since the last one.
     *
     * @param bytesPerSecond received by all connections together
     * @param isBusy whether every connection that is allowed was in use; if not, more would bring nothing
     */
    synchronized void look(double bytesPerSecond, boolean isBusy) {
        looksSinceCut++;
        boolean wasCut = everCut && looksSinceCut == 1;
        if (wasCut || !isBusy) {
            rateBefore = bytesPerSecond;
            return;
        }
        switch (phase) {
            case DOUBLING -> {
                if (rateBefore > 0 && bytesPerSecond < rateBefore * DOUBLING_MUST_GAIN) {
                    limit = limitBefore;
                    settle();
                } else {
                    grow(limit * 2, bytesPerSecond);
                }
            }
            case STEADY -> {
                if (everCut && limit < max && looksSinceCut > looksToRest) {
                    limit++;
                }
                if (++looks >= PROBE_EVERY && !everCut) {
                    phase = Phase.PROBING;
                    grow(limit + Math.max(1, limit / 4), bytesPerSecond);
                }
            }
            case PROBING -> {
                if (bytesPerSecond < rateBefore * PROBE_MUST_GAIN) {
                    limit = limitBefore;
                    settle();
                } else {
                    grow(limit + Math.max(1, limit / 4), bytesPerSecond);
                }
            }
        }
    }

    private void settle() {
        phase = Phase.STEADY;
        looks = 0;
    }

    private void grow(int wanted, double rate) {
        limitBefore = limit;
        rateBefore = rate;
        limit = Math.min(max, wanted);
        if (limit == limitBefore) {
            settle();
        }
    }
}
