// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.netty.channel.epoll.Epoll;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A closed door refuses connections, never the requests on those that are there. */
class GateListenerTest {

    @BeforeEach
    void theKernelsOwnSocketsAreNeeded() {
        assumeThat(Epoll.isAvailable()).isTrue();
    }

    private static GateRig rig() throws IOException {
        return new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("served")),
                settings -> settings.with(DoorRules.DEFAULT.with(DoorRules.Closed.REFUSE).with(DoorRules.At.SETTLE))
                        .withProbes(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static boolean isRefused(int port) {
        try {
            Peer.connect(port).close();
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void awaitRefused(GateRig rig) {
        Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> isRefused(rig.gate.port()));
    }

    @Test
    void newConnectionsAreRefusedAndKeptOnesAnswered() throws Exception {
        try (GateRig rig = rig(); Peer kept = rig.client()) {
            kept.send(GateRig.get("/"));
            assertThat(kept.answer().status()).isEqualTo(200);
            rig.gate.closeDoor();
            awaitRefused(rig);

            kept.send(GateRig.post("/", "{}"));
            assertThat(kept.answer().status()).isEqualTo(503);
            assertThat(kept.endsInOrder()).isTrue();
        }
    }

    @Test
    void whoConnectedBeforeConnectionsWereRefusedIsServedUntilTheDoorIsClosed() throws Exception {
        try (GateRig rig = rig(); Peer early = rig.client()) {
            rig.gate.announceClosing(System.nanoTime() + Duration.ofHours(1).toNanos());
            rig.gate.refuseConnections();
            awaitRefused(rig);

            early.send(GateRig.post("/", "{}"));
            assertThat(early.answer().body()).isEqualTo("served");
            assertThat(rig.gate.counts().refusedTotal()).isZero();

            rig.gate.openDoor();
            assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(200);
        }
    }

    @Test
    void theSamePortIsListenedOnAgain() throws Exception {
        try (GateRig rig = rig()) {
            int port = rig.gate.port();
            for (int round = 0; round < 3; round++) {
                rig.gate.closeDoor();
                awaitRefused(rig);
                rig.gate.openDoor();

                assertThat(rig.gate.port()).isEqualTo(port);
                assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aDoorThatOpensAtOnceRefusesNobodyAfterwards() throws Exception {
        try (GateRig rig = rig()) {
            for (int round = 0; round < 50; round++) {
                rig.gate.closeDoor();
                rig.gate.openDoor();
                assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void probesHaveAnAddressThatStays() throws Exception {
        try (GateRig rig = rig()) {
            int port = rig.gate.probesAddress().getPort();
            try (Peer probe = Peer.connect(port)) {
                probe.send(GateRig.get("/health"));
                assertThat(probe.answer().status()).isEqualTo(200);
                probe.send(GateRig.post("/v1/completions", "{}"));
                assertThat(probe.answer().status()).isEqualTo(404);
            }
            rig.gate.closeDoor();
            awaitRefused(rig);

            try (Peer probe = Peer.connect(port)) {
                probe.send(GateRig.get("/livez"));
                assertThat(probe.answer().status()).isEqualTo(200);
            }
            try (Peer probe = Peer.connect(port)) {
                probe.send(GateRig.get("/health"));
                assertThat(probe.answer().status()).isEqualTo(503);
            }
        }
    }

    private static GateRig measured() throws IOException {
        GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("served")),
                settings -> settings.with(DoorRules.DEFAULT));
        for (int i = 0; i < RouteDurations.LEAST_REQUESTS; i++) {
            assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(200);
        }
        rig.awaitInFlight(0);
        return rig;
    }

    @Test
    void byDefaultAGateThatServesAndIsNotProbedRefuses() throws Exception {
        try (GateRig rig = measured()) {
            rig.gate.closeDoor();
            awaitRefused(rig);
        }
    }

    @Test
    void byDefaultAGateWhoseLivenessIsAskedAnswers() throws Exception {
        try (GateRig rig = measured()) {
            assertThat(rig.ask(GateRig.get("/livez")).status()).isEqualTo(200);
            rig.gate.closeDoor();

            assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(503);
            assertThat(rig.ask(GateRig.get("/livez")).status()).isEqualTo(200);
        }
    }

    @Test
    void byDefaultAGateThatHasServedNothingAnswers() throws Exception {
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("served")),
                settings -> settings.with(DoorRules.DEFAULT))) {
            rig.gate.closeDoor();

            assertThat(rig.ask(GateRig.get("/livez")).status()).isEqualTo(200);
        }
    }

    @Test
    void byDefaultAGateThatHasServedNothingAnswersHoweverItsDoorCloses() throws Exception {
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("served")),
                settings -> settings.with(DoorRules.DEFAULT.with(DoorRules.At.SETTLE)))) {
            rig.gate.closeDoor();
            rig.settle();

            assertThat(rig.ask(GateRig.get("/livez")).status()).isEqualTo(200);
        }
    }

    @Test
    void theAddressOfProbesTakesNoHttp2() throws Exception {
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("served")),
                settings -> settings.with(GateSettings.Protocol.H2C)
                        .withProbes(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
                Peer client = Peer.connect(rig.gate.probesAddress().getPort())) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(505);
        }
    }

    @Test
    void whatIsInFlightGoesOnToItsEnd() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> {
            await(closed);
            return FakeUpstream.ok("served");
        }), settings -> settings.with(DoorRules.DEFAULT.with(DoorRules.Closed.REFUSE))); Peer client = rig.client()) {
            client.send(GateRig.post("/", "{}"));
            rig.awaitInFlight(1);
            rig.gate.closeDoor();
            awaitRefused(rig);
            closed.countDown();

            assertThat(client.answer().body()).isEqualTo("served");
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
