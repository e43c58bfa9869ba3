// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.metadata.NodeClock;

/**
 * Whose turn it is to fetch: of the models that know what they lack, the one of the highest priority. Only fetching takes a
 * turn, asking a store does not, so that a silent store keeps no other model waiting; nor does a fetch of which no byte
 * comes. One that comes late, since its store failed at first, does not wait for the end of a lesser one's download: it goes
 * ahead, beside it. Thread-safe.
 */
final class FetchQueue {

    /** So long the models before it may take to be asked for, until one goes first that has its answer already. */
    static final Duration FIRST_REFUSAL = Duration.ofSeconds(15);

    private enum State {
        /** Its store is being asked. */
        ASKING,
        /** It knows what it lacks and waits. */
        WAITING,
        /** It is fetched. */
        FETCHING,
        /** It would be fetched if a byte came. */
        STALLED
    }

    private record Entry(State state, long since) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final NodeClock clock;
    private final List<ModelJob> order;
    private final int atOnce;
    private final Map<ModelJob, Entry> entries = new HashMap<>(); // guarded by lock

    /**
     * No job has a turn yet.
     *
     * @param jobs in the order of the configuration
     * @param atOnce how many are fetched at a time; one more may go ahead
     */
    FetchQueue(List<ModelJob> jobs, int atOnce, NodeClock clock) {
        this.clock = clock;
        this.atOnce = atOnce;
        this.order = jobs.stream()
                .sorted((one, other) -> Integer.compare(other.settings().priority(), one.settings().priority()))
                .toList();
        // Before any of them runs: who is asked first is not for the scheduler to say.
        jobs.forEach(job -> entries.put(job, new Entry(State.ASKING, clock.nanoTime())));
    }

    /** Its store is asked from now on. */
    void ask(ModelJob job) {
        become(job, State.ASKING);
    }

    /** Waits until it may be fetched. */
    void await(ModelJob job) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            entries.put(job, new Entry(State.WAITING, clock.nanoTime()));
            changed.signalAll();
            while (!mayBegin(job)) {
                var _ = changed.await(FIRST_REFUSAL.toNanos() / 10, TimeUnit.NANOSECONDS);
            }
            entries.put(job, new Entry(State.FETCHING, clock.nanoTime()));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a byte of it came lately; nothing happens to one that is not being fetched. */
    void move(ModelJob job, boolean isMoving) {
        lock.lock();
        try {
            Entry entry = entries.get(job);
            State now = isMoving ? State.FETCHING : State.STALLED;
            if (entry != null && entry.state() != now
                    && (entry.state() == State.FETCHING || entry.state() == State.STALLED)) {
                become(job, now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** It wants nothing for now; may be called at any time. */
    void leave(ModelJob job) {
        lock.lock();
        try {
            entries.remove(job);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void become(ModelJob job, State state) {
        lock.lock();
        try {
            entries.put(job, new Entry(state, clock.nanoTime()));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean mayBegin(ModelJob job) {
        for (ModelJob better : order.subList(0, order.indexOf(job))) {
            Entry entry = entries.get(better);
            boolean isFirst = entry != null && (entry.state() == State.WAITING
                    || (entry.state() == State.ASKING
                            && clock.nanoTime() - entry.since() < FIRST_REFUSAL.toNanos()));
            if (isFirst) {
                return false;
            }
        }
        List<ModelJob> fetched = order.stream().filter(this::isFetching).toList();
        boolean outranksAll = fetched.stream()
                .allMatch(other -> other.settings().priority() < job.settings().priority());
        return fetched.size() < atOnce || (fetched.size() == atOnce && outranksAll);
    }

    private boolean isFetching(ModelJob job) {
        Entry entry = entries.get(job);
        return entry != null && entry.state() == State.FETCHING;
    }
}
