// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.metadata.NodeClock;
import io.netty.channel.EventLoopGroup;
import org.awaitility.Awaitility;

/** A fake server of HTTP/2, a gate before it and clients of the gate. */
final class Http2Rig implements AutoCloseable {

    final Http2FakeServer server;
    final Gate gate;
    private final EventLoopGroup loops = GateLoops.create(1);

    Http2Rig(Http2FakeServer server) throws IOException {
        this(server, settings -> settings, GateBudget.ofProcess());
    }

    Http2Rig(Http2FakeServer server, UnaryOperator<GateSettings> settings, GateBudget budget) throws IOException {
        this.server = server;
        GateSettings plain = GateSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                server.address()).with(GateSettings.Protocol.H2C);
        gate = Gate.prepare(settings.apply(TestTls.isEverywhere() ? plain.with(TestTls.files()) : plain),
                NodeClock.system(), loops, budget);
        gate.listen();
    }

    Http2Peer client() throws IOException {
        return Http2Peer.connect(gate.port());
    }

    int inFlight() {
        return gate.read(Duration.ofSeconds(1)) instanceof InFlight.Exact exact ? exact.count() : -1;
    }

    void awaitInFlight(int count) {
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> inFlight() == count);
    }

    void awaitCalls(int count) {
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> server.calls().size() == count);
    }

    void awaitConnections(int count) {
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> gate.counts().connections() == count);
    }

    /** Whether everything that was let in is accounted for, once, as soon as nothing is in flight. */
    boolean isBalanced() {
        awaitInFlight(0);
        GateCounts counts = gate.counts();
        return counts.inFlight() == 0 && counts.admitted() == counts.completed() + counts.upstreamFailures()
                + counts.clientGone() + counts.lost() + counts.cutTotal();
    }

    @Override
    public void close() throws IOException {
        gate.shutdown();
        server.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
