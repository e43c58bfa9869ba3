// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.metadata.NodeClock;

/**
 * Keeps a recent reading of a server's requests in flight, so that status and metrics never wait for a server. The drain
 * takes readings of its own. Thread-safe.
 */
final class InFlightWatch implements AutoCloseable {

    /** Between two readings of a server's gauges; the servers themselves renew theirs hardly more often when idle. */
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Duration READING_BOUND = Duration.ofSeconds(2);

    private static final InFlight NOT_READ = new InFlight.Unclear(
            "not read while no drain is on, because a reading would keep a sleeping model awake");

    private final InFlightProbe probe;
    private final NodeClock clock;
    private final boolean exact;
    private final Thread thread;
    private volatile InFlight newest = new InFlight.Unclear("not read yet");
    private volatile boolean closed;

    /**
     * @param exact whether the probe is a gate, which is read when asked and needs no watch
     */
    InFlightWatch(String server, InFlightProbe probe, boolean exact, NodeClock clock) {
        this.probe = probe;
        this.clock = clock;
        this.exact = exact;
        this.thread = Thread.ofVirtual().name("in-flight-" + server).unstarted(this::watch);
    }

    /** Begins to watch. Called once. */
    void start() {
        if (!exact) {
            thread.start();
        }
    }

    /** The newest reading; does not block. */
    InFlight newest() {
        return exact ? probe.read(Duration.ZERO) : newest;
    }

    private void watch() {
        try {
            boolean worked = false;
            while (!closed) {
                newest = worked && probe.keepsAwake() ? NOT_READ : read();
                worked |= newest instanceof InFlight.Gauged;
                clock.sleep(INTERVAL);
            }
        } catch (InterruptedException ended) {
            // The usual way to end: close() interrupts.
        }
    }

    /** A probe that throws has a fault, which must not end the watch: an old reading would be shown for ever. */
    private InFlight read() {
        try {
            return probe.read(READING_BOUND);
        } catch (RuntimeException fault) {
            return new InFlight.Unclear("cannot be read: " + fault);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
