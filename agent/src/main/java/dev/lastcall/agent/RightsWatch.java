// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import dev.lastcall.agent.api.StatusView.Condition;
import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the start, and then now and again, what rights are missing; logs each once. Thread-safe. */
final class RightsWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RightsWatch.class);

    /** A unit may be installed after the agent; nothing here is urgent once it was said. */
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final Supplier<List<Condition>> look;
    private final NodeClock clock;
    private final Thread thread;
    private volatile List<Condition> newest = List.of();

    /** @param look what is missing now; may block */
    RightsWatch(Supplier<List<Condition>> look, NodeClock clock) {
        this.look = look;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("rights").unstarted(this::watch);
    }

    /** Begins to look. Called once. */
    void start() {
        thread.start();
    }

    /** What was missing at the last look. */
    List<Condition> missing() {
        return newest;
    }

    private void watch() {
        Set<Condition> told = new HashSet<>();
        try {
            while (true) {
                List<Condition> missing = look.get();
                newest = List.copyOf(missing);
                told.retainAll(missing);
                missing.stream().filter(told::add).forEach(RightsWatch::tell);
                clock.sleep(INTERVAL);
            }
        } catch (InterruptedException closed) {
            // The one way to end: close() interrupts.
        }
    }

    private static void tell(Condition one) {
        log.atWarn()
                .addKeyValue("subject", one.subject())
                .addKeyValue("reason", one.message())
                .addKeyValue("mend", one.mend())
                .log(one.name());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
