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

/** A fake server, a gate before it and clients of the gate. */
final class GateRig implements AutoCloseable {

    final FakeUpstream upstream;
    final Gate gate;
    private final EventLoopGroup loops = GateLoops.create(1);

    GateRig(FakeUpstream upstream) throws IOException {
        this(upstream, settings -> settings);
    }

    GateRig(FakeUpstream upstream, UnaryOperator<GateSettings> settings) throws IOException {
        this(upstream, settings, GateBudget.ofProcess());
    }

    GateRig(FakeUpstream upstream, UnaryOperator<GateSettings> settings, GateBudget budget) throws IOException {
        this.upstream = upstream;
        GateSettings plain = GateSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                upstream.address()).with(DoorRules.DEFAULT.with(DoorRules.Closed.ANSWER));
        gate = Gate.prepare(settings.apply(TestTls.isEverywhere() ? plain.with(TestTls.files()) : plain),
                NodeClock.system(),
                loops, budget);
        gate.listen();
    }

    static GateRig answering(FakeUpstream.Reply reply) throws IOException {
        return new GateRig(FakeUpstream.answering(reply));
    }

    static GateRig playing(FakeUpstream.Script script) throws IOException {
        return new GateRig(new FakeUpstream(script));
    }

    Peer client() throws IOException {
        return Peer.connect(gate.port());
    }

    /** One request on a connection of its own. */
    Peer.Answer ask(String request) throws IOException {
        try (Peer client = client()) {
            client.send(request);
            return client.answer(request.startsWith("HEAD"));
        }
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: gate\r\n\r\n";
    }

    static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: gate\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
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

    void awaitConnections(int count) {
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> gate.counts().connections() == count);
    }

    /** Waits until the event loops have done what they were given so far. */
    void settle() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            loops.submit(() -> {}).sync();
        }
    }

    /** Whether everything that was let in is accounted for, once, as soon as nothing is in flight. */
    boolean isBalanced() {
        awaitInFlight(0);
        GateCounts counts = gate.counts();
        long cut = counts.cut().values().stream().mapToLong(Long::longValue).sum();
        return counts.inFlight() == 0 && counts.admitted() == counts.completed() + counts.upstreamFailures()
                + counts.clientGone() + counts.lost() + cut;
    }

    @Override
    public void close() throws IOException {
        gate.shutdown();
        upstream.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
