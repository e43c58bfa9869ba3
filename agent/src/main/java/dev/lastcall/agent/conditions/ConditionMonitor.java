// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import java.time.Duration;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;

/** Refreshes the conditions now and again, so that they are logged and counted also while no client asks. Thread-safe. */
public final class ConditionMonitor implements AutoCloseable {

    /** Conditions are for people: they count in seconds. A start that goes well is over before the first refresh. */
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final SupervisedLoop loop;

    public ConditionMonitor(ConditionBoard board, FaultReporter faults, NodeClock clock) {
        loop = new SupervisedLoop("conditions", clock, faults, () -> {
            board.refresh();
            faults.clearRecovered();
            return SupervisedLoop.Next.after(INTERVAL);
        });
    }

    /** Begins. Called once. */
    public void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.end();
    }
}
