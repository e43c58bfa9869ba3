// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;

import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.metadata.NodeClock;

/** Refreshes the conditions now and again, so that they are logged and counted also while nobody asks. Thread-safe. */
final class ConditionMonitor implements AutoCloseable {

    /** Conditions are for people: they count in seconds. A start that goes well is over before the first refresh. */
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Thread thread;

    ConditionMonitor(ConditionBoard board, NodeClock clock) {
        thread = Thread.ofVirtual().name("conditions").unstarted(() -> {
            try {
                while (true) {
                    clock.sleep(INTERVAL);
                    board.refresh();
                }
            } catch (InterruptedException closed) {
                // The one way to end: close() interrupts.
            }
        });
    }

    /** Begins. Called once. */
    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
