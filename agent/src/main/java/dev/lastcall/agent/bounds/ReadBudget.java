// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.bounds;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much of what servers, pods and the API server answer may be in memory at a time, in sum: bodies while they are read and
 * understood, and lines of watches. It is apart from the gate's budget, so that neither can take the other's room. Each body has a
 * limit of its own as well, which its reader keeps. Thread-safe.
 */
public final class ReadBudget {

    /**
     * What a byte that was received weighs until it is understood: once in the buffer, once as text, and some times as the
     * tree that is made of it.
     */
    static final int WEIGHT = 3;

    /** The heap is this many times the budget. */
    private static final int HEAP_PARTS = 8;

    /** So that the largest single body, of 4 MiB, has room. */
    private static final long LEAST_BYTES = 12L * 1024 * 1024;
    private static final long MOST_BYTES = 32L * 1024 * 1024;

    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final LongAdder refused = new LongAdder();

    private ReadBudget(long limit) {
        this.limit = limit;
    }

    /** A budget of so many bytes. */
    public static ReadBudget of(long bytes) {
        return new ReadBudget(bytes);
    }

    /** The budget that this process has room for: an eighth of its heap, between 12 and 32 MiB. */
    public static ReadBudget ofProcess() {
        return of(Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PARTS, LEAST_BYTES, MOST_BYTES));
    }

    /** A place for one body; the caller closes it once the body is understood. */
    public Place open() {
        return new Place();
    }

    /** Bytes that are held at present, at what they weigh. */
    public long held() {
        return held.get();
    }

    /** How many bodies have found no room so far. */
    public long refused() {
        return refused.sum();
    }

    /** What one body holds. Thread-safe; closing it gives everything back, and it takes nothing more then. */
    public final class Place implements AutoCloseable {

        private long bytes; // guarded by this
        private boolean closed; // guarded by this

        private Place() {}

        /**
         * Takes room for {@code more} received bytes.
         *
         * @return whether there was room; where there was none, or the place is closed, nothing was taken
         */
        public synchronized boolean take(int more) {
            long weight = (long) more * WEIGHT;
            if (closed) {
                return false;
            }
            if (held.addAndGet(weight) > limit) {
                held.addAndGet(-weight);
                refused.increment();
                return false;
            }
            bytes += weight;
            return true;
        }

        /** Gives back what was taken so far, and goes on. */
        public synchronized void clear() {
            held.addAndGet(-bytes);
            bytes = 0;
        }

        @Override
        public synchronized void close() {
            clear();
            closed = true;
        }
    }
}
