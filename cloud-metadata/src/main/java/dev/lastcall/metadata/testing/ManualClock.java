// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.metadata.NodeClock;

/**
 * A clock for tests: it moves only when the test moves it. A thread that sleeps on it sleeps until it has moved far enough.
 *
 * <p>A test starts its threads, waits until they all sleep ({@link #awaitSleepers}), moves the clock ({@link #advance}),
 * and waits again; or has both done over a stretch of time by {@link #run}. Nothing then depends on how fast the machine
 * is. Only the wait for sleepers is in real time, and bounded.
 *
 * <p>Thread-safe.
 */
public final class ManualClock implements NodeClock {

    /** Where the calendar starts, unless it is given. */
    public static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

    /** Longest real time that a test waits for its threads to come to rest. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition parked = lock.newCondition();
    // All below is guarded by lock.
    private final List<Sleeper> sleepers = new ArrayList<>();
    private Instant wallTime;
    private long nanoTime;
    private long suspendedNanos;
    private final long bootNanos;

    /** A clock at {@link #START}. */
    public ManualClock() {
        this(START);
    }

    /** A clock at {@code wallTime}; its monotonic time begins somewhere below zero. */
    public ManualClock(Instant wallTime) {
        this(wallTime, -1_000_000_007L);
    }

    /** A clock at {@code wallTime} whose monotonic time begins at {@code nanoTime}, so that a test can have it wrap. */
    public ManualClock(Instant wallTime, long nanoTime) {
        this.wallTime = wallTime;
        this.nanoTime = nanoTime;
        this.bootNanos = nanoTime;
    }

    @Override
    public Instant wallTime() {
        lock.lock();
        try {
            return wallTime;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanoTime() {
        lock.lock();
        try {
            return nanoTime;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sleepUntil(long wakeNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (wakeNanos - nanoTime <= 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                return;
            }
            Sleeper sleeper = new Sleeper(wakeNanos, lock.newCondition());
            sleepers.add(sleeper);
            parked.signalAll();
            try {
                while (wakeNanos - nanoTime > 0) {
                    sleeper.woken.await();
                }
            } finally {
                sleepers.remove(sleeper);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Moves both clocks forward and wakes the threads that are due, in the order of their times. */
    public void advance(Duration duration) {
        lock.lock();
        try {
            moveTo(nanoTime + duration.toNanos());
        } finally {
            lock.unlock();
        }
    }

    /** Suspends the machine: the calendar and the time since boot go on, the monotonic clock does not. */
    public void suspend(Duration duration) {
        lock.lock();
        try {
            wallTime = wallTime.plus(duration);
            suspendedNanos += duration.toNanos();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public OptionalLong sinceBootNanos() {
        lock.lock();
        try {
            return OptionalLong.of(nanoTime - bootNanos + suspendedNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Steps the calendar, forward or back, as a time daemon does; the monotonic clock does not move. */
    public void stepWallTime(Duration duration) {
        lock.lock();
        try {
            wallTime = wallTime.plus(duration);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, in real time, until at least {@code count} threads sleep on this clock.
     *
     * @throws IllegalStateException if they do not within {@link #PATIENCE}
     */
    public void awaitSleepers(int count) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            await(count);
        } finally {
            lock.unlock();
        }
    }

    /** How many threads sleep on this clock right now. */
    public int sleepers() {
        lock.lock();
        try {
            return sleepers.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets {@code duration} pass from one wake-up to the next: waits until {@code count} threads sleep, moves to the
     * earliest of their times, and so on; ends with {@code count} threads asleep again.
     */
    public void run(Duration duration, int count) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long end = nanoTime + duration.toNanos();
            while (true) {
                await(count);
                long next = end;
                for (Sleeper sleeper : sleepers) {
                    next = sleeper.wakeNanos - next < 0 ? sleeper.wakeNanos : next;
                }
                moveTo(next);
                if (next == end) {
                    await(count);
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void moveTo(long nanos) {
        wallTime = wallTime.plusNanos(nanos - nanoTime);
        nanoTime = nanos;
        sleepers.removeIf(sleeper -> {
            boolean due = sleeper.wakeNanos - nanoTime <= 0;
            if (due) {
                sleeper.woken.signalAll();
            }
            return due;
        });
    }

    private void await(int count) throws InterruptedException {
        long patience = PATIENCE.toNanos();
        while (sleepers.size() < count) {
            if (patience <= 0) {
                throw new IllegalStateException(
                        "only " + sleepers.size() + " of " + count + " threads sleep after " + PATIENCE);
            }
            patience = parked.awaitNanos(patience);
        }
    }

    /** One sleeping thread. Compared by identity: two can sleep until the same instant. */
    private static final class Sleeper {
        private final long wakeNanos;
        private final Condition woken;

        private Sleeper(long wakeNanos, Condition woken) {
            this.wakeNanos = wakeNanos;
            this.woken = woken;
        }
    }
}
