// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.gate.DoorRules;
import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.gate.GateLoops;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.BoardTicker;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.cloud.Sources;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.WebClientTransport;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;

/** A node with Lastcall: the agent's own sources, board, drain and gate, around a server of the demo. Thread-safe. */
final class GuardedNode implements DemoNode {

    private static final String SERVER = "demo";
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

    private final EventLoopGroup loops = GateLoops.create(1);
    private final boolean stops;
    private final Gate gate;
    private final Drains drains;
    private final BoardTicker ticker;
    private final List<NoticeSource> sources;
    private final WebClientTransport transport;

    /**
     * Starts one.
     *
     * @param state where the drain keeps its record and what it needs to survive a restart
     */
    GuardedNode(DemoOptions options, ReclaimingCloud cloud, URI server, Stopper stopper, Vertx vertx, Path state) {
        NodeClock clock = NodeClock.system();
        try {
            // Closed at the notice and answering, so that each refusal is seen.
            gate = Gate.start(GateSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new InetSocketAddress(server.getHost(), server.getPort() < 0 ? 80 : server.getPort()))
                    .with(new DoorRules(DoorRules.At.NOW, DoorRules.Closed.ANSWER)), clock, loops);
        } catch (IOException failure) {
            var _ = loops.shutdownGracefully();
            throw new UncheckedIOException(failure);
        }
        stops = options.upstream() == null;
        StopNeeds needs = stops ? StopNeeds.PROMPT : StopNeeds.NOTHING_TO_STOP;
        var drained = new InferenceServer(SERVER, () -> ServerKind.GENERIC, gate, gate, gate, stopper, needs,
                RequestCounter.NONE,
                Restarter.NONE);
        drains = new Drains(List.of(drained), DrainSettings.DEFAULT, clock,
                DrainStore.open(state, Path.of("/proc"), clock));
        var board = new NoticeBoard(clock, List.of(drains));
        ticker = new BoardTicker(board, clock);
        transport = new WebClientTransport(vertx, clock);
        sources = new Sources(transport, clock, new Random(), Path.of("/"))
                .forCloud(cloud(options), settings(options, cloud))
                .all();
        ticker.start();
        for (NoticeSource source : sources) {
            board.expect(source);
            source.start(board);
        }
    }

    private static Cloud cloud(DemoOptions options) {
        return switch (options.cloud()) {
            case AWS -> Cloud.AWS;
            case GCP -> Cloud.GCP;
            case AZURE -> Cloud.AZURE;
        };
    }

    private static SourceSettings settings(DemoOptions options, ReclaimingCloud cloud) {
        Endpoint endpoint = Endpoint.parse(cloud.endpoint().toString());
        return new SourceSettings(AwsSettings.defaults().withEndpoints(endpoint),
                GcpSettings.defaults().withEndpoint(endpoint).withPreemptionNotice(options.window()),
                AzureSettings.defaults().withEndpoint(endpoint), List.of());
    }

    @Override
    public URI url() {
        return URI.create("http://127.0.0.1:" + gate.port());
    }

    @Override
    public NodeStatus status() {
        DrainSnapshot now = drains.snapshots().getFirst();
        Phase phase = now.phase();
        boolean over = phase == Phase.STOPPED;
        return new NodeStatus(!gate.counts().doorClosed(), phase.label(), gate.counts().inFlight(), now.timeLeft(),
                stops && (phase == Phase.STOPPING || over), over);
    }

    @Override
    public void close() {
        sources.forEach(NoticeSource::close);
        ticker.close();
        drains.close();
        gate.shutdown();
        transport.close();
        var _ = loops.shutdownGracefully(0, CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    }
}
