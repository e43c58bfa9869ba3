// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.server.Door;
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
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.cloud.Sources;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.http.WebClientTransport;
import dev.lastcall.simulator.Simulator;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;

/**
 * A node that will get one notice: the agent's sources, board, drain and gate and a simulated cloud whose timeline
 * is stopped until it is moved. Notes when the answer with the notice came and when the door was closed.
 */
final class NoticedNode implements AutoCloseable {

    private static final NodeClock CLOCK = NodeClock.system();
    private static final long UNSEEN = Long.MIN_VALUE;

    private final ReclaimedCloud cloud;
    private final Simulator simulator;
    private final Gate gate;
    private final Drains drains;
    private final BoardTicker ticker;
    private final WebClientTransport transport;
    private final List<NoticeSource> sources;
    private final AtomicLong answered = new AtomicLong(UNSEEN);
    private final AtomicLong closed = new AtomicLong(UNSEEN);
    private final CountDownLatch doorClosed = new CountDownLatch(1);

    /** @param state where the drain keeps what it must remember */
    NoticedNode(ReclaimedCloud cloud, Vertx vertx, EventLoopGroup loops, Path state) throws IOException {
        this.cloud = cloud;
        simulator = cloud.simulator();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        // No request is let in, so the server behind the gate need not be there.
        gate = Gate.start(GateSettings.of(new InetSocketAddress(loopback, 0), simulator.address()), CLOCK, loops);
        drains = new Drains(List.of(server()), DrainSettings.DEFAULT, CLOCK,
                DrainStore.open(state, Path.of("/proc"), CLOCK));
        NoticeBoard board = new NoticeBoard(CLOCK, List.of(drains));
        ticker = new BoardTicker(board, CLOCK);
        transport = new WebClientTransport(vertx, CLOCK);
        sources = new Sources(noting(transport), CLOCK, new Random(), Path.of("/"))
                .forCloud(cloud.provider(), settings())
                .all();
        ticker.start();
        for (NoticeSource source : sources) {
            board.expect(source);
            source.start(board);
        }
    }

    private InferenceServer server() {
        return new InferenceServer("bench", () -> ServerKind.GENERIC, new NotedDoor(), gate, gate, new LeftRunning(),
                StopNeeds.NOTHING_TO_STOP, RequestCounter.NONE, Restarter.NONE);
    }

    private SourceSettings settings() {
        Endpoint endpoint = Endpoint.parse(simulator.endpoint().toString());
        return new SourceSettings(AwsSettings.defaults().withEndpoints(endpoint),
                GcpSettings.defaults().withEndpoint(endpoint), AzureSettings.defaults().withEndpoint(endpoint),
                List.of());
    }

    private MetadataTransport noting(MetadataTransport asked) {
        return request -> {
            MetadataAnswer answer = asked.ask(request);
            note(request, answer);
            return answer;
        };
    }

    private void note(MetadataRequest request, MetadataAnswer answer) {
        if (answer instanceof MetadataAnswer.Response response && cloud.isNotice(request, response)) {
            answered.compareAndSet(UNSEEN, response.at().nanos());
        }
    }

    /** Waits until the sources watch as they will for hours. */
    void awaitWatching() throws IOException {
        long until = System.nanoTime() + 10_000_000_000L;
        while (simulator.requests().stream().noneMatch(cloud::watches)) {
            if (System.nanoTime() - until > 0) {
                throw new IOException("no source of " + cloud + " has looked for 10 s");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** Lets the notice be seen and waits until the door is closed. */
    NoticeTimes notice() throws IOException, InterruptedException {
        long visible = System.nanoTime();
        simulator.at(ReclaimedCloud.NOTICE);
        if (!doorClosed.await(10, TimeUnit.SECONDS)) {
            throw new IOException("the door of a node on " + cloud + " was open 10 s after the notice");
        }
        if (!gate.counts().doorClosed()) {
            throw new IOException("the gate's door is open after it was closed");
        }
        return new NoticeTimes(closed.get() - visible, closed.get() - answered.get());
    }

    @Override
    public void close() {
        sources.forEach(NoticeSource::close);
        ticker.close();
        drains.close();
        gate.shutdown();
        transport.close();
        simulator.close();
    }

    /** The gate's door, and when it was first closed. */
    private final class NotedDoor implements Door {
        @Override
        public void closeDoor() {
            gate.closeDoor();
            closed.compareAndSet(UNSEEN, System.nanoTime());
            doorClosed.countDown();
        }

        @Override
        public void openDoor() {
            gate.openDoor();
        }
    }

    /** There is no process to stop. */
    private static final class LeftRunning implements Stopper {
        @Override
        public Outcome terminate(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public Outcome kill(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public boolean isGone() {
            return false;
        }
    }
}
