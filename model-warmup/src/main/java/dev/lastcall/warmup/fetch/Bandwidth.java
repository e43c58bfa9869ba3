// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A limit in bytes a second, shared by all workers, that can be changed at any moment and then holds at once. What was
 * received is paid for afterwards, so a worker waits before it reads more; the sockets' own flow control does the rest.
 * Thread-safe.
 */
public final class Bandwidth {

    /** No limit. */
    public static final long UNLIMITED = 0;

    /** Credit that an idle line may save up. */
    private static final Duration BURST = Duration.ofMillis(50);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongAdder waitedNanos = new LongAdder();
    private volatile long bytesPerSecond; // written under lock
    private double credit; // guarded by lock; negative is debt
    private long creditedAt = System.nanoTime(); // guarded by lock
    private boolean open = true; // guarded by lock

    /** With a limit to begin with, or {@link #UNLIMITED}. */
    public Bandwidth(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Sets the limit; {@link #UNLIMITED} lifts it. Workers that wait take note at once. */
    public void limitTo(long newBytesPerSecond) {
        if (newBytesPerSecond < 0) {
            throw new IllegalArgumentException("a bandwidth cannot be negative: " + newBytesPerSecond);
        }
        lock.lock();
        try {
            accrue();
            credit = Math.min(0, credit);
            if (bytesPerSecond == UNLIMITED) {
                credit = 0;
            }
            bytesPerSecond = newBytesPerSecond;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The limit in force. */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    boolean isLimited() {
        return bytesPerSecond != UNLIMITED;
    }

    /** Pays for bytes received, and waits until they are paid off. */
    void pay(int bytes) {
        if (!isLimited()) {
            return;
        }
        lock.lock();
        long began = System.nanoTime();
        try {
            accrue();
            credit -= bytes;
            while (open && isLimited() && credit < 0) {
                long nanos = (long) (-credit / bytesPerSecond * TimeUnit.SECONDS.toNanos(1)) + 1;
                long left = changed.awaitNanos(nanos);
                accrue();
                if (left <= 0 && credit >= 0) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waitedNanos.add(System.nanoTime() - began);
            lock.unlock();
        }
    }

    private void accrue() {
        long now = System.nanoTime();
        double earned = (double) bytesPerSecond * (now - creditedAt) / TimeUnit.SECONDS.toNanos(1);
        creditedAt = now;
        credit = Math.min(credit + earned, (double) bytesPerSecond * BURST.toMillis() / TimeUnit.SECONDS.toMillis(1));
    }

    /** Lets all who wait go, for good. */
    void release() {
        lock.lock();
        try {
            open = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Time that workers spent waiting here, all together. */
    long waitedNanos() {
        return waitedNanos.sum();
    }
}
