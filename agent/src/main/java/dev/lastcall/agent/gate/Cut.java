// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import dev.lastcall.agent.gate.h2.CutReach;

/**
 * One cut and the requests that it reaches: those that were admitted before it began, and no other, however long it takes.
 * Thread-safe.
 */
final class Cut implements CutReach {

    private final long before;
    private final AtomicInteger left;
    private final AtomicInteger done = new AtomicInteger();

    /**
     * Begins a cut.
     *
     * @param before  the first place in the order of requests that it does not reach
     * @param parties how many loops have yet to report which requests those are
     */
    Cut(long before, int parties) {
        this.before = before;
        this.left = new AtomicInteger(parties);
    }

    @Override
    public boolean reaches(long order) {
        return order < before;
    }

    /** A loop has reported all of its requests. */
    void loopReported() {
        left.decrementAndGet();
    }

    @Override
    public void join() {
        left.incrementAndGet();
    }

    @Override
    public void leave() {
        left.decrementAndGet();
    }

    /** A request that was reached has ended. */
    void ended(Outcome outcome) {
        ended(outcome.isCut());
    }

    @Override
    public void ended(boolean cut) {
        if (cut) {
            done.incrementAndGet();
        }
        left.decrementAndGet();
    }

    /** How many requests that it reaches have not ended. */
    int left() {
        return left.get();
    }

    /** How many it has cut. */
    int done() {
        return done.get();
    }
}
