// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.metadata.NodeClock;

/** Whose turn it is: of the models whose time has come, the one of the highest priority. Thread-safe. */
final class Turns {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private final NodeClock clock;
    private final List<ModelJob> order;
    private final Map<ModelJob, Long> due = new HashMap<>(); // guarded by lock; those in hand are not in it

    Turns(List<ModelJob> jobs, NodeClock clock) {
        this.clock = clock;
        this.order = new ArrayList<>(jobs);
        this.order.sort(Comparator.comparingInt((ModelJob job) -> job.config().priority()).reversed());
        long now = clock.nanoTime();
        jobs.forEach(job -> due.put(job, now));
    }

    /** Waits for the next one and takes it in hand. */
    ModelJob take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = clock.nanoTime();
                Optional<ModelJob> next = order.stream()
                        .filter(job -> due.containsKey(job) && due.getOrDefault(job, now) - now <= 0)
                        .findFirst();
                if (next.isPresent()) {
                    due.remove(next.get());
                    return next.get();
                }
                long wait = due.values().stream().mapToLong(at -> at - now).min().orElse(LONGEST_WAIT.toNanos());
                var _ = given.await(Math.min(wait, LONGEST_WAIT.toNanos()), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives it back, to be taken again after a while. */
    void giveBack(ModelJob job, Duration after) {
        lock.lock();
        try {
            due.put(job, clock.nanoTime() + after.toNanos());
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
