// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What the clients of one load report to. Thread-safe. */
final class LoadTally {

    /** A load ends by itself after so many requests. */
    static final int MAX_REQUESTS = 200_000;

    private final Queue<RequestOutcome> endings = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final LongAdder idleClosed = new LongAdder();
    private final LongAdder raced = new LongAdder();
    private final LongAdder elsewhere = new LongAdder();
    private volatile boolean running = true;

    boolean isRunning() {
        return running;
    }

    void stop() {
        running = false;
    }

    void asked() {
        inFlight.incrementAndGet();
        if (asked.incrementAndGet() >= MAX_REQUESTS) {
            stop();
        }
    }

    void ended(RequestOutcome requestOutcome) {
        endings.add(requestOutcome);
        inFlight.decrementAndGet();
    }

    /** A kept-alive connection was found closed before anything was sent on it. */
    void idleClosed() {
        idleClosed.increment();
    }

    /** A request met the closing of its idle connection and is sent again. */
    void racedIdleClose() {
        raced.increment();
    }

    void routedElsewhere() {
        elsewhere.increment();
    }

    int inFlight() {
        return inFlight.get();
    }

    FateTable table() {
        return FateTable.of(endings, idleClosed.sum(), raced.sum(), elsewhere.sum());
    }

    Queue<RequestOutcome> endings() {
        return endings;
    }
}
