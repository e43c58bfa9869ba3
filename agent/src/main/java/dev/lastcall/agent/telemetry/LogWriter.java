// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes lines on a thread of its own. The reader of standard error may stall, and a drain must not stall with it: when the
 * queue is full, lines are dropped, and their number is logged once there is room. Thread-safe.
 */
final class LogWriter implements AutoCloseable {

    /** Lines that wait at most; an interruption takes some dozens. */
    static final int QUEUE_LINES = 1024;

    /** How long {@link #close} waits for room in the queue, and again for the last lines. */
    static final Duration CLOSE_BOUND = Duration.ofMillis(500);

    private static final String END = "\u0000end";

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE_LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final OutputStream out;
    private final Thread thread;

    LogWriter(OutputStream out) {
        this.out = out;
        this.thread = Thread.ofPlatform().name("log").daemon().start(this::run);
    }

    /** Takes a line; never blocks. */
    void write(String line) {
        if (!lines.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        try {
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                put(line);
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    put("lastcall: " + lost + " log lines were dropped, because standard error was not read");
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException gone) {
            // Standard error has no reader any more, and there is nowhere else to say so.
            dropped.incrementAndGet();
        }
    }

    /** Writes what waits, within twice {@link #CLOSE_BOUND}. */
    @Override
    public void close() {
        try {
            if (!lines.offer(END, CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.interrupt();
            }
            thread.join(CLOSE_BOUND);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
