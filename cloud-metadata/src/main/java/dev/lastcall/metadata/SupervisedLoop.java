// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * A virtual thread that runs an iteration again and again until it is closed. Every long-lived part of the agent is one, so that
 * no fault of one part ends it or another: an iteration that throws is reported to the {@link LoopObserver}, and the next one comes
 * after a pause that doubles up to {@link #MAX_FAULT_PAUSE}. An interruption that does not come from {@link #close} is taken for
 * a wish to go on at once.
 *
 * <p>An iteration says when the next one is due, or that there is nothing more to do. {@link #wake} brings it forward.
 *
 * <p>Thread-safe.
 */
public final class SupervisedLoop implements AutoCloseable {

    /** Pause after the first fault. */
    static final Duration FIRST_FAULT_PAUSE = Duration.ofMillis(100);

    /** Longest pause after a fault: a source that fails may be the one that carries the next notice. */
    public static final Duration MAX_FAULT_PAUSE = Duration.ofSeconds(1);

    /** How long {@link #close()} waits for the thread to end. */
    private static final Duration CLOSE_BOUND = Duration.ofMillis(900);

    private static final RetryPolicy AFTER_A_FAULT = new RetryPolicy(FIRST_FAULT_PAUSE, MAX_FAULT_PAUSE);

    private final String name;
    private final NodeClock clock;
    private final LoopObserver observer;
    private final Iteration iteration;

    private final ReentrantLock lock = new ReentrantLock();
    // All below is guarded by lock.
    private @Nullable Thread thread;
    private boolean pausing;
    private boolean woken;
    private volatile boolean closed;

    /**
     * A loop that has not begun.
     *
     * @param name for people: the thread's name, and the subject of reports of its faults
     */
    public SupervisedLoop(String name, NodeClock clock, LoopObserver observer, Iteration iteration) {
        this.name = name;
        this.clock = clock;
        this.observer = observer;
        this.iteration = iteration;
    }

    /** A loop that runs {@code task} at once and then so long after the end of each run. */
    public static SupervisedLoop every(Duration pause, String name, NodeClock clock, LoopObserver observer, Task task) {
        return new SupervisedLoop(name, clock, observer, () -> {
            task.run();
            return Next.after(pause);
        });
    }

    /**
     * Begins; does nothing where it is closed already.
     *
     * @throws IllegalStateException if it has begun before
     */
    public void start() {
        lock.lock();
        try {
            if (thread != null) {
                throw new IllegalStateException(name + " was started already");
            }
            if (!closed) {
                thread = Thread.ofVirtual().name(name).start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        int faults = 0;
        while (!closed) {
            try {
                Next next = iteration.run();
                if (faults > 0) {
                    faults = 0;
                    observer.recovered(name);
                }
                switch (next) {
                    case Next.Over over -> {
                        return;
                    }
                    case Next.At(long nanoTime) -> pauseUntil(nanoTime);
                    case Next.After(Duration pause) -> pauseUntil(clock.nanoTime() + pause.toNanos());
                }
            } catch (InterruptedException interrupted) {
                // Closed, or woken: the head of the loop finds out which.
            } catch (Throwable fault) { // whatever it is, the other parts of the agent go on, and so does this one
                pauseAfter(fault, ++faults);
            }
        }
    }

    private void pauseAfter(Throwable fault, int inARow) {
        try {
            observer.failed(name, fault);
        } catch (RuntimeException deaf) {
            // An observer that fails must not end what it observes.
        }
        try {
            pauseUntil(clock.nanoTime() + AFTER_A_FAULT.after(inARow).toNanos());
        } catch (InterruptedException interrupted) {
            // As in the loop.
        }
    }

    /** Waits; an interruption by {@link #wake} ends the wait and is used up by it. */
    private void pauseUntil(long nanoTime) throws InterruptedException {
        lock.lock();
        try {
            if (woken) {
                woken = false;
                return;
            }
            pausing = true;
        } finally {
            lock.unlock();
        }
        try {
            clock.sleepUntil(nanoTime);
        } finally {
            lock.lock();
            try {
                pausing = false;
                woken = false;
                if (!closed) {
                    boolean _ = Thread.interrupted();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Has the next iteration begin at once; where one is running, another follows it at once. */
    public void wake() {
        lock.lock();
        try {
            if (pausing && thread != null) {
                thread.interrupt();
            } else {
                woken = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was started and has not ended. */
    public boolean isRunning() {
        lock.lock();
        try {
            return thread != null && thread.isAlive();
        } finally {
            lock.unlock();
        }
    }

    /** Asks it to end, and does not wait. Idempotent. */
    public void end() {
        lock.lock();
        try {
            closed = true;
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends it, and waits a little until it has; not where the loop closes itself. Idempotent. */
    @Override
    public void close() {
        close(CLOSE_BOUND);
    }

    /** As {@link #close()}, and waits for so long. */
    public void close(Duration bound) {
        end();
        Thread running;
        lock.lock();
        try {
            running = thread;
        } finally {
            lock.unlock();
        }
        if (running == null || running == Thread.currentThread()) {
            return;
        }
        try {
            boolean _ = running.join(bound);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round of the work; may block within bounds of its own. */
    @FunctionalInterface
    public interface Iteration {
        /** Does it; returns when the next one is due. */
        Next run() throws InterruptedException;
    }

    /** A round of work that is always followed by the same pause. */
    @FunctionalInterface
    public interface Task {
        /** Does it. */
        void run() throws InterruptedException;
    }

    /** What follows an iteration. */
    public sealed interface Next {

        /**
         * The next iteration, at an instant of the monotonic clock.
         *
         * @param nanoTime of {@link NodeClock#nanoTime()}; at once where it has passed
         */
        record At(long nanoTime) implements Next {}

        /** The next iteration, so long after the end of this one. */
        record After(Duration pause) implements Next {}

        /** None: the loop has done its work and ends. */
        record Over() implements Next {}

        /** None: the loop has done its work and ends. */
        Next OVER = new Over();

        /** The next iteration, so long after the end of this one. */
        static Next after(Duration pause) {
            return new After(pause);
        }
    }
}
