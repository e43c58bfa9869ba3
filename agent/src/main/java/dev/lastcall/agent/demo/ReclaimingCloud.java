// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;

/** A simulated cloud that takes the node back on request, in its provider's own words. Thread-safe. */
public final class ReclaimingCloud implements AutoCloseable {

    /** Where on the simulator's timeline the notice is: later than any demo or proof has run before it. */
    private static final Duration NOTICE_AT = Duration.ofHours(1);
    private static final Duration TICK = Duration.ofMillis(50);

    private final Simulator simulator;
    private final Thread ticker;
    private final long startNanos = System.nanoTime();
    private final AtomicReference<Optional<Long>> noticeNanos = new AtomicReference<>(Optional.empty());

    private ReclaimingCloud(Simulator simulator) {
        this.simulator = simulator;
        this.ticker = Thread.ofVirtual().name("cloud-time").start(this::tick);
    }

    /**
     * Starts one on a free port of loopback.
     *
     * @param window from the notice to the deadline; on Google Cloud the notice names no time, and this means nothing
     */
    public static ReclaimingCloud start(CloudProvider provider, Duration window) {
        return new ReclaimingCloud(Simulator.of(script(provider, NOTICE_AT, window)).manual().start());
    }

    private void tick() {
        try {
            while (true) {
                NodeClock.system().sleep(TICK);
                move();
            }
        } catch (InterruptedException closed) {
            // The one way to end: close() interrupts.
        }
    }

    /** Takes the cloud's time to where it is by now: it runs as real time does, and jumps to the notice. */
    private synchronized void move() {
        long now = System.nanoTime();
        simulator.at(noticeNanos.get()
                .map(notice -> NOTICE_AT.plusNanos(now - notice))
                .orElseGet(() -> Duration.ofNanos(now - startNanos)));
    }

    /** Takes the node back: the notice can be seen when this returns, and not much earlier. */
    public void reclaim() {
        noticeNanos.compareAndSet(Optional.empty(), Optional.of(System.nanoTime()));
        move();
    }

    /** When its notice could be seen first, on {@link System#nanoTime()}; empty before that. */
    public Optional<Long> noticeNanos() {
        return noticeNanos.get();
    }

    private static Script script(CloudProvider provider, Duration after, Duration window) {
        Timeline.Builder timeline = Timeline.builder().at(after);
        String time = "in " + window.toSeconds() + "s";
        return switch (provider) {
            case AWS -> new Script(SimulatedCloud.Aws.DEFAULT, timeline
                    .set("spot/instance-action", Value.fields("action", "terminate", "time", time))
                    .set("spot/termination-time", time)
                    .build());
            case GCP -> new Script(SimulatedCloud.Gcp.DEFAULT,
                    timeline.set("instance/preempted", new Value.Bool(true)).build());
            case AZURE -> new Script(SimulatedCloud.Azure.DEFAULT, timeline
                    .set("events", Value.items(Value.fields("EventId", "f020ba2e-3bc0-4c40-a10b-86575a9eabd5",
                            "EventType", "Preempt", "ResourceType", "VirtualMachine", "Resources",
                            Value.items("gpu-spot_0"), "EventStatus", "Scheduled", "NotBefore", time)))
                    .build());
        };
    }

    /** The base address of its metadata server. */
    public URI endpoint() {
        return simulator.endpoint();
    }

    @Override
    public void close() {
        ticker.interrupt();
        simulator.close();
    }
}
