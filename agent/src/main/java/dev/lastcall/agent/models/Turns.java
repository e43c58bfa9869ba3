// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.lastcall.metadata.NodeClock;

/**
 * Whose turn it is: of the models whose time has come, the one of the highest priority. One that comes late, since its
 * store failed at first, does not wait for the end of a lesser one's download: it goes ahead, beside it. Thread-safe.
 */
final class Turns {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private final NodeClock clock;
    private final List<ModelJob> order;
    private final int atOnce;
    private final Map<ModelJob, Long> due = new HashMap<>(); // guarded by lock; those in hand are not in it
    private final Set<ModelJob> inHand = new HashSet<>(); // guarded by lock; taken in turn, not ahead

    /** @param atOnce how many are taken in turn at a time; one more may go ahead */
    Turns(List<ModelJob> jobs, int atOnce, NodeClock clock) {
        this.clock = clock;
        this.atOnce = atOnce;
        this.order = new ArrayList<>(jobs);
        this.order.sort(Comparator.comparingInt((ModelJob job) -> job.config().priority()).reversed());
        long now = clock.nanoTime();
        jobs.forEach(job -> due.put(job, now));
    }

    /** Waits for the next one and takes it in hand. */
    ModelJob take() throws InterruptedException {
        return take(this::next);
    }

    /** Waits until as many as may be are in hand, and takes one that outranks them all. */
    ModelJob takeAhead() throws InterruptedException {
        return take(this::nextAhead);
    }

    private ModelJob take(Supplier<Optional<ModelJob>> choice) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<ModelJob> next = choice.get();
                if (next.isPresent()) {
                    given.signalAll();
                    return next.get();
                }
                long now = clock.nanoTime();
                long wait = due.values()
                        .stream()
                        .mapToLong(at -> at - now)
                        .filter(left -> left > 0)
                        .min()
                        .orElse(
                                LONGEST_WAIT.toNanos());
                var _ = given.await(Math.min(wait, LONGEST_WAIT.toNanos()), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<ModelJob> next() {
        Optional<ModelJob> next = remove(job -> true);
        next.ifPresent(inHand::add);
        return next;
    }

    private Optional<ModelJob> nextAhead() {
        OptionalInt highest = inHand.stream().mapToInt(job -> job.config().priority()).max();
        return inHand.size() < atOnce
                ? Optional.empty()
                : remove(job -> job.config().priority() > highest.orElseThrow());
    }

    private Optional<ModelJob> remove(Predicate<ModelJob> choice) {
        long now = clock.nanoTime();
        Optional<ModelJob> next = order.stream()
                .filter(job -> due.containsKey(job) && due.getOrDefault(job, now) - now <= 0)
                .filter(choice)
                .findFirst();
        next.ifPresent(due::remove);
        return next;
    }

    /** Gives it back, to be taken again after a while. */
    void giveBack(ModelJob job, Duration after) {
        lock.lock();
        try {
            inHand.remove(job);
            due.put(job, clock.nanoTime() + after.toNanos());
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
