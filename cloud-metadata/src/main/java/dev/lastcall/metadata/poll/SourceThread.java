// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** A source's virtual thread: begun once, ended by interruption. Thread-safe. */
public final class SourceThread implements AutoCloseable {

    /** How long {@link #close} waits for the thread to end. */
    private static final Duration CLOSE_BOUND = Duration.ofMillis(900);

    private final String name;
    private @Nullable Thread thread;
    private boolean closed;

    /** A thread that has not begun. */
    public SourceThread(String name) {
        this.name = name;
    }

    /**
     * Begins. What {@code body} throws but the interruption goes to the thread's uncaught exception handler.
     *
     * @throws IllegalStateException if it has begun before
     */
    public synchronized void start(Body body) {
        if (thread != null) {
            throw new IllegalStateException("source " + name + " was started already");
        }
        if (!closed) {
            thread = Thread.ofVirtual().name("source-" + name).start(() -> {
                try {
                    body.run();
                } catch (InterruptedException ended) {
                    // The one way to end: close() interrupts.
                }
            });
        }
    }

    /** Tells it to end, and does not wait. Idempotent. */
    public synchronized void end() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Ends it, and waits a little until it has; not where the thread closes itself. Idempotent. */
    @Override
    public void close() {
        end();
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running == null || running == Thread.currentThread()) {
            return;
        }
        try {
            running.join(CLOSE_BOUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What runs on it. */
    @FunctionalInterface
    public interface Body {
        /** Runs until interrupted. */
        void run() throws InterruptedException;
    }
}
