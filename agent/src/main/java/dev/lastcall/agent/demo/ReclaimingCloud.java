// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;

import dev.lastcall.simulator.Script;
import dev.lastcall.simulator.SimulatedCloud;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.Timeline;
import dev.lastcall.simulator.Value;

/** A simulated cloud that takes the node back once, in its provider's own words. Thread-safe. */
public final class ReclaimingCloud implements AutoCloseable {

    private final Simulator simulator;
    private final long noticeNanos;

    private ReclaimingCloud(Simulator simulator, Duration after) {
        this.simulator = simulator;
        this.noticeNanos = System.nanoTime() - simulator.position().toNanos() + after.toNanos();
    }

    /**
     * Starts one on a free port of loopback.
     *
     * @param after when its notice can be seen, from now
     * @param window from then to the deadline; on Google Cloud the notice names no time, and this means nothing
     */
    public static ReclaimingCloud start(CloudProvider provider, Duration after, Duration window) {
        return new ReclaimingCloud(Simulator.of(script(provider, after, window)).start(), after);
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

    /** When its notice can be seen, on {@link System#nanoTime()}. */
    public long noticeNanos() {
        return noticeNanos;
    }

    @Override
    public void close() {
        simulator.close();
    }
}
