// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.lastcall.agent.gate.GateCounts.Cut;
import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** HTTP/2 at the closing of the door and at the cut: what is in flight ends whole, and each client knows what was not served. */
class GateHttp2DoorTest {

    private static final int ALL = Integer.MAX_VALUE;
    private static final byte[] HEALTH_REQUEST = {0, 0, 0, 0, 0};

    @Test
    void closedDoorTellsWhichStreamsAreServedAndLetsThemEnd() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Http2Rig rig = new Http2Rig(held(goOn)); Http2Peer client = rig.client()) {
            client.call(1, "/a");
            client.call(3, "/b");
            rig.awaitInFlight(2);
            rig.gate.closeDoor();
            assertThat(client.awaitFrame(Http2Peer.GOAWAY).isEnd()).isFalse();
            client.call(5, "/late");
            client.data(5, true, "late");
            client.data(1, true, "a");
            client.data(3, true, "b");
            goOn.countDown();
            assertThat(client.answer(1).grpcStatus()).isEqualTo("0");
            assertThat(client.answer(3).trailers()).containsEntry("x-end", "whole");
            client.readToEnd();

            assertThat(client.goAways()).containsExactly(3);
            assertThat(client.goAwayCodes()).containsExactly(0);
            assertThat(rig.server.calls()).hasSize(2);
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().completed()).isEqualTo(2);
            rig.awaitConnections(0);
        }
    }

    private static GateSettings letsAllIn(GateSettings settings) {
        return settings.with(DoorRules.DEFAULT.with(DoorRules.At.SETTLE));
    }

    @Test
    void anAnnouncementByMeasuredTimesClosesTheDoorForHttp2() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Http2Rig rig = new Http2Rig(held(goOn)); Http2Peer client = rig.client()) {
            client.get(1, "/a");
            rig.awaitInFlight(1);
            rig.gate.announceClosing(System.nanoTime() + Duration.ofHours(1).toNanos());
            assertThat(client.awaitFrame(Http2Peer.GOAWAY).number(0)).isEqualTo(1);
            client.get(3, "/late");
            goOn.countDown();
            assertThat(client.answer(1).whole()).isTrue();
            client.readToEnd();

            assertThat(rig.gate.counts().completed()).isEqualTo(1);
            assertThat(rig.server.calls()).hasSize(1);
        }
    }

    @Test
    void announcementEndsNoStreamAndLetsInWhatComesBeforeTheDoorCloses() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Http2Rig rig = new Http2Rig(held(goOn), GateHttp2DoorTest::letsAllIn, GateBudget.ofProcess());
                Http2Peer client = rig.client()) {
            client.get(1, "/a");
            rig.awaitInFlight(1);
            rig.gate.announceClosing(System.nanoTime() + Duration.ofHours(1).toNanos());
            assertThat(client.awaitFrame(Http2Peer.GOAWAY).number(0)).isEqualTo(ALL);
            client.get(3, "/b");
            rig.awaitInFlight(2);
            rig.gate.closeDoor();
            goOn.countDown();
            assertThat(client.answer(1).whole()).isTrue();
            assertThat(client.answer(3).whole()).isTrue();
            client.readToEnd();

            assertThat(client.goAways()).containsExactly(ALL, 3);
            assertThat(rig.gate.counts().completed()).isEqualTo(2);
        }
    }

    @Test
    void idleConnectionEndsWithAGoawayAndOpensAgainAfterAWithdrawal() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing()); Http2Peer client = rig.client()) {
            client.get(1, "/a");
            assertThat(client.answer(1).whole()).isTrue();
            rig.gate.closeDoor();
            client.readToEnd();
            assertThat(client.goAways()).containsExactly(1);
            rig.awaitConnections(0);

            rig.gate.openDoor();
            try (Http2Peer next = rig.client()) {
                next.get(1, "/b");
                assertThat(next.answer(1).whole()).isTrue();
            }
        }
    }

    @Test
    void connectionThatComesLateGetsNoSettingsIfItWaitsForThem() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing())) {
            rig.gate.closeDoor();
            try (Http2Peer late = rig.client()) {
                assertThat(late.next().isEnd()).isTrue();
            }
            rig.awaitConnections(0);
            assertThat(rig.gate.counts().refusedTotal()).isZero();
        }
    }

    @Test
    void connectionThatComesLateAndAsksAtOnceLearnsThatNothingWasServed() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing())) {
            rig.gate.closeDoor();
            try (Http2Peer late = rig.client()) {
                late.get(1, "/");
                late.readToEnd();
                assertThat(late.goAways()).containsExactly(0);
            }
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.DRAINING, 1L);
            assertThat(rig.server.calls()).isEmpty();
        }
    }

    @Test
    void probesFailWhileTheDoorIsClosedAndLivenessPasses() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing())) {
            rig.gate.closeDoor();
            try (Http2Peer probe = rig.client()) {
                ask(probe, 1, "/grpc.health.v1.Health/Check");
                Http2Peer.Answer health = probe.answer(1);
                assertThat(health.grpcStatus()).isEqualTo("0");
                assertThat(health.body()).isEqualTo("\0\0\0\0\2\u0008\2");
                ask(probe, 3, "/inference.GRPCInferenceService/ServerReady");
                Http2Peer.Answer ready = probe.answer(3);
                assertThat(ready.grpcStatus()).isEqualTo("0");
                assertThat(ready.body()).isEqualTo("\0\0\0\0\0");
                probe.get(5, "/health");
                assertThat(probe.answer(5).status()).isEqualTo("503");
                ask(probe, 7, "/inference.GRPCInferenceService/ServerLive");
                assertThat(probe.answer(7).trailers()).containsEntry("x-end", "whole");
            }
            assertThat(rig.gate.counts().failedProbes()).isEqualTo(3);
            assertThat(rig.gate.counts().refusedTotal()).isZero();
            assertThat(rig.gate.counts().passed()).isEqualTo(1);
            assertThat(rig.gate.counts().admitted()).isZero();
        }
    }

    @Test
    void probesAreTheServersWhileTheDoorIsOpen() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing()); Http2Peer probe = rig.client()) {
            ask(probe, 1, "/grpc.health.v1.Health/Check");
            assertThat(probe.answer(1).trailers()).containsEntry("x-end", "whole");
        }
    }

    @Test
    void watchOfHealthIsNotInFlightAndEndsWithTheDoor() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.answering(Http2FakeServer.Call::begin));
                Http2Peer watcher = rig.client()) {
            ask(watcher, 1, "/grpc.health.v1.Health/Watch");
            watcher.awaitFrame(Http2Peer.HEADERS);
            assertThat(rig.inFlight()).isZero();
            rig.gate.closeDoor();
            assertThat(watcher.awaitFrame(Http2Peer.HEADERS).fields()).containsEntry("grpc-status", "14");
            watcher.readToEnd();
            rig.awaitConnections(0);
        }
    }

    @Test
    void cutEndsCallsByAStatusAndOthersByAReset() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            if (call.path().equals("/stream")) {
                call.begin();
                call.data("half");
            } else if (call.path().equals("/plain")) {
                call.peer.headers(call.stream, false, ":status", "200", "content-type", "text/plain");
            }
        });
        try (Http2Rig rig = new Http2Rig(server);
                Http2Peer client = rig.client();
                var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            client.call(1, "/unbegun");
            client.get(3, "/unbegun");
            client.get(5, "/stream");
            client.get(7, "/plain");
            rig.awaitCalls(4);
            client.awaitHeads(5, 7);
            rig.gate.closeDoor();
            Future<Integer> cut = thread.submit(() -> rig.gate.cut(Duration.ofSeconds(20)));

            Http2Peer.Answer call = client.answer(1);
            assertThat(call.grpcStatus()).isEqualTo("14");
            assertThat(call.head()).containsEntry("grpc-message", "node_reclaimed");
            Http2Peer.Answer plain = client.answer(3);
            assertThat(plain.status()).isEqualTo("503");
            assertThat(plain.body()).contains("node_reclaimed");
            Http2Peer.Answer stream = client.answer(5);
            assertThat(stream.body()).isIn("", "half");
            assertThat(stream.grpcStatus()).isEqualTo("14");
            assertThat(client.answer(7).reset()).contains(8);
            assertThat(cut.get()).isEqualTo(4);
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().cut()).containsEntry(Cut.NOT_BEGUN, 2L).containsEntry(Cut.BODY, 2L);
            for (Http2FakeServer.Call each : rig.server.calls()) {
                assertThat(each.reset.get()).isEqualTo(8);
            }
        }
    }

    @Test
    void cutOfAStreamWhoseClientReadsNothingIsAReset() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            call.begin();
            if (call.path().equals("/")) {
                call.data("x".repeat(1000));
                sent.countDown();
            } else {
                call.end();
            }
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = Http2Peer.dial(rig.gate.port())) {
            client.write(Http2Peer.PREFACE.getBytes(StandardCharsets.US_ASCII));
            client.frame(Http2Peer.SETTINGS, 0, 0, new byte[]{0, 4, 0, 0, 0, 0});
            client.call(1, "/");
            sent.await();
            // What the server sends after it has come through: the gate has the data, too.
            client.get(3, "/mark");
            assertThat(client.answer(3).whole()).isTrue();
            rig.awaitInFlight(1);
            rig.gate.closeDoor();
            assertThat(rig.gate.cut(Duration.ofSeconds(1))).isEqualTo(1);
            assertThat(client.awaitFrame(Http2Peer.RST_STREAM).number(0)).isEqualTo(8);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    private static void ask(Http2Peer probe, int stream, String path) throws Exception {
        probe.call(stream, path);
        probe.frame(Http2Peer.DATA, Http2Peer.END_STREAM, stream, HEALTH_REQUEST);
    }

    private static Http2FakeServer held(CountDownLatch goOn) throws Exception {
        return Http2FakeServer.answering(call -> {
            call.begin();
            goOn.await();
            call.body.get();
            call.end();
        });
    }
}
