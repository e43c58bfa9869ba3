// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.lastcall.simulator.cloud.AwsTokens;
import dev.lastcall.simulator.cloud.AzureImds;
import dev.lastcall.simulator.cloud.Ec2Imds;
import dev.lastcall.simulator.cloud.GceMetadata;
import dev.lastcall.simulator.cloud.MetadataApi;
import dev.lastcall.simulator.cloud.MetadataTree;
import dev.lastcall.simulator.cloud.SimulatorClock;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.wire.RecordedRequest;
import dev.lastcall.simulator.wire.RequestLog;
import dev.lastcall.simulator.wire.ScriptEngine;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;

/**
 * A running stand-in for a metadata server. Begins its timeline when it starts.
 *
 * <pre>{@code
 * Timeline timeline = Timeline.builder().at(ofSeconds(10))
 *         .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 120s")).build();
 * try (Simulator simulator = Simulator.aws(timeline).start()) {
 *     ... simulator.endpoint() ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. Holds one event-loop thread, one accepting thread and one port until it is closed.
 */
public final class Simulator implements AutoCloseable {

    /** Nothing on the event loop blocks; a call that takes longer than this met a defect. */
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(30);

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final SimulatorClock clock;
    private final RequestLog log;
    private final ScriptEngine scriptEngine;

    private Simulator(MultiThreadIoEventLoopGroup group, EventLoop loop, SimulatorClock clock, RequestLog log,
            ScriptEngine scriptEngine) {
        this.group = group;
        this.loop = loop;
        this.clock = clock;
        this.log = log;
        this.scriptEngine = scriptEngine;
    }

    /** AWS, tokens required. */
    public static SimulatorBuilder aws(Timeline timeline) {
        return of(new Script(SimulatedCloud.Aws.DEFAULT, timeline));
    }

    /** Google Cloud, as a VM sees it. */
    public static SimulatorBuilder gcp(Timeline timeline) {
        return of(new Script(SimulatedCloud.Gcp.DEFAULT, timeline));
    }

    /** Azure, scheduled events turned on. */
    public static SimulatorBuilder azure(Timeline timeline) {
        return of(new Script(SimulatedCloud.Azure.DEFAULT, timeline));
    }

    /** Any script. */
    public static SimulatorBuilder of(Script script) {
        return new SimulatorBuilder(script);
    }

    /**
     * Starts.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     */
    static Simulator start(SimulatorBuilder options) {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1,
                new DefaultThreadFactory("simulator", true), NioIoHandler.newFactory());
        try {
            EventLoop loop = group.next();
            SimulatorClock clock = options.clock(loop);
            RequestLog log = new RequestLog(options.listener());
            ScriptEngine scriptEngine = engine(options.script(), loop, clock, log, options.address());
            Simulator simulator = new Simulator(group, loop, clock, log, scriptEngine);
            simulator.onLoop(() -> {
                scriptEngine.update();
                return true;
            });
            return simulator;
        } catch (IOException e) {
            shutDown(group);
            throw new UncheckedIOException("the simulator cannot listen on " + options.address(), e);
        }
    }

    private static ScriptEngine engine(Script script, EventLoop loop, SimulatorClock clock, RequestLog log,
            InetSocketAddress address) throws IOException {
        Timeline timeline = script.timeline();
        MetadataTree tree;
        MetadataApi api;
        switch (script.cloud()) {
            case SimulatedCloud.Aws aws -> {
                tree = new MetadataTree(Ec2Imds.facts(), timeline.changes(), new Ec2Imds.Words(), clock);
                api = new Ec2Imds(aws, tree, new AwsTokens(timeline, clock));
            }
            case SimulatedCloud.Gcp gcp -> {
                tree = new MetadataTree(GceMetadata.facts(), timeline.changes(), new GceMetadata.Words(), clock);
                api = new GceMetadata(gcp, tree, clock);
            }
            case SimulatedCloud.Azure azure -> {
                tree = new MetadataTree(AzureImds.facts(), timeline.changes(), new AzureImds.Words(), clock);
                api = new AzureImds(azure, tree, clock);
            }
        }
        return new ScriptEngine(loop, clock, timeline, tree, api, log, address);
    }

    /** Where it listens, as a base address without a path: {@code http://127.0.0.1:34567}. */
    public URI endpoint() {
        InetSocketAddress address = scriptEngine.address();
        String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : address.getAddress().getHostAddress();
        int zone = host.indexOf('%');
        String bare = zone < 0 ? host : host.substring(0, zone);
        return URI.create("http://" + (bare.contains(":") ? "[" + bare + "]" : bare) + ":" + address.getPort());
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return scriptEngine.address();
    }

    /** The newest requests, oldest first, at most 10,000; those still being answered are among them. */
    public List<RecordedRequest> requests() {
        return log.snapshot();
    }

    /** How many requests there have been, forgotten ones included. */
    public long requestCount() {
        return log.count();
    }

    /** How far the timeline has come. */
    public Duration position() {
        return onLoop(clock::position);
    }

    /**
     * Moves a manual timeline to a position. When it returns, everything up to there has happened.
     *
     * @throws IllegalStateException if the timeline runs by itself
     * @throws IllegalArgumentException if the position lies behind
     */
    public void at(Duration position) {
        move(() -> position);
    }

    /**
     * Moves a manual timeline on.
     *
     * @throws IllegalStateException if the timeline runs by itself
     * @throws IllegalArgumentException if the distance is negative
     */
    public void advance(Duration distance) {
        move(() -> clock.position().plus(distance));
    }

    private void move(Supplier<Duration> target) {
        if (!(clock instanceof ManualSimulatorClock manual)) {
            throw new IllegalStateException(
                    "the timeline runs by itself; start the simulator with manual() to move it");
        }
        onLoop(() -> {
            manual.moveTo(target.get());
            scriptEngine.update();
            return true;
        });
    }

    private <T> T onLoop(Supplier<T> task) {
        if (loop.inEventLoop()) {
            return task.get();
        }
        Future<T> done = loop.submit(task::get);
        if (!done.awaitUninterruptibly(LOOP_PATIENCE.toMillis())) {
            throw new IllegalStateException("the simulator did not get to it in " + LOOP_PATIENCE);
        }
        if (done.cause() instanceof RuntimeException e) {
            throw e;
        }
        return done.getNow();
    }

    /** Stops listening, closes every connection, ends the threads. Harmless when repeated. */
    @Override
    public void close() {
        if (!loop.isShuttingDown()) {
            onLoop(() -> {
                scriptEngine.close();
                return true;
            });
            shutDown(group);
        }
    }

    private static void shutDown(MultiThreadIoEventLoopGroup group) {
        group.shutdownGracefully(0, LOOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .awaitUninterruptibly(LOOP_PATIENCE.toMillis());
    }
}
