// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

import dev.lastcall.simulator.cloud.SimulatorClock;
import dev.lastcall.simulator.script.DurationText;
import dev.lastcall.simulator.script.Fault;

/** Moves only when a test moves it; a move runs everything that falls due on the way, in order. */
final class ManualSimulatorClock implements SimulatorClock {

    private record Task(Duration due, long order, Runnable action) {}

    private final Instant start;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparing(Task::due).thenComparingLong(Task::order));
    private Duration position = Duration.ZERO;
    private long order;

    ManualSimulatorClock(Instant start) {
        this.start = start;
    }

    @Override
    public Duration position() {
        return position;
    }

    @Override
    public Instant wallAt(Duration at) {
        return start.plus(at);
    }

    @Override
    public Duration positionsIn(Duration wallTime) {
        return wallTime;
    }

    @Override
    public void after(Duration distance, Runnable task) {
        if (!distance.equals(Fault.FOREVER)) {
            tasks.add(new Task(position.plus(distance.isNegative() ? Duration.ZERO : distance), order++, task));
        }
    }

    /**
     * Moves to a position.
     *
     * @throws IllegalArgumentException if it lies behind
     */
    void moveTo(Duration target) {
        if (target.compareTo(position) < 0) {
            throw new IllegalArgumentException("the timeline is at " + DurationText.format(position)
                    + " and does not run back to " + DurationText.format(target));
        }
        for (Task next = tasks.peek(); next != null && next.due().compareTo(target) <= 0; next = tasks.peek()) {
            tasks.remove();
            position = next.due();
            next.action().run();
        }
        position = target;
    }
}
