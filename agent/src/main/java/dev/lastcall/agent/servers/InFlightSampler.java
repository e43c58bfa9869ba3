// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;

/**
 * Keeps a recent reading of a server's requests in flight, so that status and metrics never wait for a server. The drain
 * takes readings of its own. Thread-safe.
 */
public final class InFlightSampler implements AutoCloseable {

    /** Between two readings of a server's gauges; the servers themselves renew theirs hardly more often when idle. */
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Duration READING_BOUND = Duration.ofSeconds(2);

    private static final InFlight NOT_READ = new InFlight.Unclear(
            "not read while no drain is on, because a reading would keep a sleeping model awake");

    private final InFlightProbe probe;
    private final boolean exact;
    private final SupervisedLoop loop;
    private boolean worked; // of the loop
    private volatile InFlight newest = new InFlight.Unclear("not read yet");

    /**
     * @param exact whether the probe is a gate, which is read when asked and needs no watch
     */
    public InFlightSampler(String server, InFlightProbe probe, boolean exact, NodeClock clock, LoopObserver loops) {
        this.probe = probe;
        this.exact = exact;
        this.loop = SupervisedLoop.every(INTERVAL, "in-flight-" + server, clock, loops, this::watch);
    }

    /** Begins to watch. Called once. */
    public void start() {
        if (!exact) {
            loop.start();
        }
    }

    /** The newest reading; does not block. */
    public InFlight newest() {
        return exact ? probe.read(Duration.ZERO) : newest;
    }

    /** A probe that fails leaves no old reading behind, which would be shown as if it were new. */
    private void watch() {
        try {
            newest = worked && probe.keepsAwake() ? NOT_READ : probe.read(READING_BOUND);
            worked |= newest instanceof InFlight.Gauged;
        } catch (RuntimeException | Error fault) {
            newest = new InFlight.Unclear("cannot be read: " + fault);
            throw fault;
        }
    }

    @Override
    public void close() {
        loop.end();
    }
}
