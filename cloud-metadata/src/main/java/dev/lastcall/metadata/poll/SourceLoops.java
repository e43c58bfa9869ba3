// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.util.List;

import dev.lastcall.metadata.SupervisedLoop;

/** The loops of one source: none before its start, none begun after its end. Thread-safe. */
public final class SourceLoops implements AutoCloseable {

    private final String source;
    private List<SupervisedLoop> loops = List.of(); // guarded by this
    private boolean closed; // guarded by this

    /** Of the source of this name. */
    public SourceLoops(String source) {
        this.source = source;
    }

    /**
     * Begins them all; does nothing where the source is closed already.
     *
     * @throws IllegalStateException if the source has begun before
     */
    public synchronized void start(SupervisedLoop... all) {
        if (!loops.isEmpty()) {
            throw new IllegalStateException("source " + source + " was started already");
        }
        if (!closed) {
            loops = List.of(all);
            loops.forEach(SupervisedLoop::start);
        }
    }

    private synchronized List<SupervisedLoop> all() {
        return loops;
    }

    /** Has every loop go on at once. */
    public void wake() {
        all().forEach(SupervisedLoop::wake);
    }

    /** Whether they were started and every one of them runs. */
    public boolean areRunning() {
        List<SupervisedLoop> now = all();
        return !now.isEmpty() && now.stream().allMatch(SupervisedLoop::isRunning);
    }

    /** Ends them, and waits a little until they have. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        List<SupervisedLoop> now = all();
        now.forEach(SupervisedLoop::end);
        now.forEach(SupervisedLoop::close);
    }
}
