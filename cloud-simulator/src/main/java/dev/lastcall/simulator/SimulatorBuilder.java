// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

import dev.lastcall.simulator.cloud.SimulatorClock;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.wire.RecordedRequest;
import io.netty.channel.EventLoop;

/** How a {@link Simulator} is to start: where, on which clock, and who hears of its requests. Not thread-safe. */
public final class SimulatorBuilder {

    private final Script script;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private Consumer<RecordedRequest> listener = _ -> {};
    private double speed = 1;
    private Optional<Instant> manualStart = Optional.empty();

    SimulatorBuilder(Script script) {
        this.script = script;
    }

    /** Where to listen; port 0 takes a free one. By default a free port of the loopback address. */
    public SimulatorBuilder listen(InetSocketAddress where) {
        address = where;
        return this;
    }

    /**
     * How fast the timeline runs: 4 makes a notice of 120 seconds one of 30, and everything else in proportion.
     *
     * @throws IllegalArgumentException unless it lies in 0.001..1000
     */
    public SimulatorBuilder speed(double factor) {
        if (!(factor >= 0.001 && factor <= 1000)) {
            throw new IllegalArgumentException("the speed lies in 0.001..1000, not " + factor);
        }
        speed = factor;
        return this;
    }

    /** The timeline moves only when {@link Simulator#at} or {@link Simulator#advance} says so; it begins today. */
    public SimulatorBuilder manual() {
        return manual(Instant.now());
    }

    /** As {@link #manual()}; the server's calendar time at the start of the timeline is given. */
    public SimulatorBuilder manual(Instant start) {
        manualStart = Optional.of(start);
        return this;
    }

    /**
     * Who hears of each request when its outcome is known: on the simulator's own thread, so it must be quick. What it
     * throws is dropped.
     */
    public SimulatorBuilder onRequest(Consumer<RecordedRequest> consumer) {
        listener = consumer;
        return this;
    }

    /**
     * Starts the simulator, and with it the timeline.
     *
     * @throws java.io.UncheckedIOException if the address cannot be listened on
     */
    public Simulator start() {
        return Simulator.start(this);
    }

    Script script() {
        return script;
    }

    InetSocketAddress address() {
        return address;
    }

    SimulatorClock clock(EventLoop loop) {
        return manualStart.<SimulatorClock>map(ManualSimulatorClock::new)
                .orElseGet(() -> new RunningClock(loop, speed));
    }

    Consumer<RecordedRequest> listener() {
        return request -> {
            try {
                listener.accept(request);
            } catch (RuntimeException e) {
                // the listener's own defect must not become a fault on the wire
            }
        };
    }
}
