// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the transitions of one server's drain on, in order and off the critical path. Thread-safe. */
final class DrainReports {

    private static final Logger log = LoggerFactory.getLogger(DrainReports.class);

    private final DrainTransition.Listener listener;
    private final ExecutorService thread;

    DrainReports(String server, DrainTransition.Listener listener) {
        this.listener = listener;
        this.thread = Executors
                .newSingleThreadExecutor(Thread.ofVirtual().name("drain-" + server + "-report").factory());
    }

    void report(DrainTransition transition) {
        thread.execute(() -> pass(transition));
    }

    private void pass(DrainTransition transition) {
        try {
            listener.on(transition);
        } catch (RuntimeException e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("server", transition.server())
                    .log("a listener failed on a transition of the drain; the drain goes on");
        }
    }

    /** Takes no more; what has been reported so far is still passed on. */
    void close() {
        thread.shutdown();
    }

    /**
     * After {@link #close}: waits until all has been passed on.
     *
     * @return false if that took longer than {@code bound}
     */
    boolean await(Duration bound) throws InterruptedException {
        return thread.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS);
    }
}
