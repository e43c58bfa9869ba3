// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The two clocks of a node and the way to wait on them, as one thing that a test can hold still.
 *
 * <p>{@link #wallTime()} is for stamps that people read and for the one subtraction that yields a deadline; it may jump.
 * {@link #nanoTime()} only runs forward and is the only clock that deadlines and waits are measured on. Its origin is
 * arbitrary, so instants are compared by difference. Implementations are thread-safe.
 */
public interface NodeClock {

    /** The host's calendar time. It can be wrong and can be stepped at any moment. */
    Instant wallTime();

    /** Nanoseconds on the monotonic clock, from an arbitrary origin that may be negative. */
    long nanoTime();

    /**
     * Blocks the calling thread until {@link #nanoTime()} has reached {@code nanoTime}; returns at once if it has.
     *
     * @throws InterruptedException if the thread is interrupted before or while it waits
     */
    void sleepUntil(long nanoTime) throws InterruptedException;

    /** Blocks the calling thread for {@code duration}; see {@link #sleepUntil(long)}. */
    default void sleep(Duration duration) throws InterruptedException {
        sleepUntil(nanoTime() + duration.toNanos());
    }

    /**
     * Nanoseconds since the machine's start, the time in which it was suspended included; empty where that is not known.
     * Against {@link #nanoTime()}, which does not advance while the machine is suspended, it shows how long that was.
     */
    default OptionalLong sinceBootNanos() {
        return OptionalLong.empty();
    }

    /** The clocks of this machine. */
    static NodeClock system() {
        return SystemClock.INSTANCE;
    }

    /** {@link System#nanoTime()}, {@link Instant#now()} and Linux's {@code /proc/uptime}. */
    final class SystemClock implements NodeClock {
        private static final SystemClock INSTANCE = new SystemClock();
        private static final Path UPTIME = Path.of("/proc/uptime");
        private static final int NANO_DIGITS = 9;

        private SystemClock() {}

        @Override
        public Instant wallTime() {
            return Instant.now();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public OptionalLong sinceBootNanos() {
            try {
                String uptime = Files.readString(UPTIME);
                int end = uptime.indexOf(' ');
                return OptionalLong.of(new BigDecimal(uptime.substring(0, Math.max(0, end))).movePointRight(NANO_DIGITS)
                        .longValueExact());
            } catch (IOException | ArithmeticException | NumberFormatException unreadable) {
                return OptionalLong.empty();
            }
        }

        @Override
        public void sleepUntil(long nanoTime) throws InterruptedException {
            for (long left = nanoTime - nanoTime(); left > 0; left = nanoTime - nanoTime()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(this, left);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
