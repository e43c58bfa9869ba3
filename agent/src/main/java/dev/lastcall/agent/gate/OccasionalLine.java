// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A warning that strangers can cause at any rate: at most one is logged in ten seconds, with the number of those that were not.
 * Thread-safe.
 */
final class OccasionalLine {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final Logger log;
    private final NodeClock clock;
    private final AtomicLong next;
    private final AtomicLong notLogged = new AtomicLong();

    OccasionalLine(Logger log, NodeClock clock) {
        this.log = log;
        this.clock = clock;
        this.next = new AtomicLong(clock.nanoTime());
    }

    /** Logs the message with the fields that are added, or counts it. */
    void warn(UnaryOperator<LoggingEventBuilder> fields, String message) {
        long now = clock.nanoTime();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + INTERVAL_NANOS)) {
            fields.apply(log.atWarn()).addKeyValue("notLogged", notLogged.getAndSet(0)).log(message);
        } else {
            notLogged.incrementAndGet();
        }
    }
}
