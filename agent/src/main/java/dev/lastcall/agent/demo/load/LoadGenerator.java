// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A load of clients that never pause: each asks again as soon as it has its answer. Bounded in clients and requests.
 * Thread-safe.
 */
public final class LoadGenerator implements AutoCloseable {

    /** Whatever the clients do, time and tokens differ from one to the next, and not from one run to the next. */
    private static final long SEED = 1;

    private final LoadPlan plan;
    private final LoadTally tally = new LoadTally();
    private final List<Thread> clients = new ArrayList<>();

    /** A load by this plan; it begins with {@link #start()}. */
    public LoadGenerator(LoadPlan plan) {
        this.plan = plan;
    }

    /** Sets all clients off. Called once. */
    public void start() {
        var random = new SplittableRandom(SEED);
        for (int number = 0; number < plan.streaming() + plan.plain(); number++) {
            boolean streaming = number < plan.streaming();
            var client = new LoadClient(plan, streaming, random.split(), tally);
            clients.add(Thread.ofVirtual().name("load-" + number).start(client));
        }
    }

    /** Requests that have been sent and are not yet answered to the end. */
    public int inFlight() {
        return tally.inFlight();
    }

    /** What has become of the requests so far. */
    public FateTable table() {
        return tally.table();
    }

    /** Every ended request, in the order of their endings. */
    public List<RequestOutcome> endings() {
        return List.copyOf(tally.endings());
    }

    /** Lets no client ask again; what is in flight goes on. */
    public void stop() {
        tally.stop();
    }

    /**
     * Waits until every client has seen its last request end.
     *
     * @return false if {@code bound} was not enough
     */
    public boolean awaitEnd(Duration bound) throws InterruptedException {
        long end = System.nanoTime() + bound.toNanos();
        for (Thread client : clients) {
            Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
            if (!client.join(left)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        tally.stop();
        clients.forEach(Thread::interrupt);
    }
}
