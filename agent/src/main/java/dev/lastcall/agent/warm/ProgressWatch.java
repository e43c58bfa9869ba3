// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupProgress;

/** Looks at a warm-up again and again and shows it, on a thread of its own, until it is closed. */
final class ProgressWatch implements AutoCloseable {

    private final Warmup warmup;
    private final Display display;
    private final NodeClock clock;
    private final RateMeter rate = new RateMeter();
    private final ReentrantLock drawing = new ReentrantLock();
    private final Thread thread;
    private boolean open = true; // guarded by drawing

    private ProgressWatch(Warmup warmup, Display display, NodeClock clock) {
        this.warmup = warmup;
        this.display = display;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("progress").unstarted(this::look);
    }

    static ProgressWatch start(Warmup warmup, Display display, NodeClock clock) {
        ProgressWatch progressWatch = new ProgressWatch(warmup, display, clock);
        progressWatch.thread.start();
        return progressWatch;
    }

    private void look() {
        try {
            while (true) {
                clock.sleep(display.every());
                WarmupProgress progress = warmup.progress();
                drawing.lock();
                try {
                    if (!open) {
                        return;
                    }
                    if (progress.phase() == WarmupProgress.Phase.FETCHING) {
                        rate.note(clock.nanoTime(), progress.bytesDone());
                    }
                    display.show(progress, rate);
                } finally {
                    drawing.unlock();
                }
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        drawing.lock();
        try {
            open = false;
            display.end();
        } finally {
            drawing.unlock();
        }
    }
}
