// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** HTTP/2 with prior knowledge through the gate: heads, bodies, trailers, counts and flow control, stream by stream. */
class GateHttp2Test {

    @Test
    void callPassesWithItsBodyAndTrailers() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing()); Http2Peer client = rig.client()) {
            client.call(1, "/inference/Echo");
            client.data(1, false, "one ");
            client.data(1, true, "two");
            Http2Peer.Answer answer = client.answer(1);

            assertThat(answer.status()).isEqualTo("200");
            assertThat(answer.body()).isEqualTo("one two");
            assertThat(answer.trailers()).containsEntry("grpc-status", "0").containsEntry("x-end", "whole");
            assertThat(rig.server.calls().getFirst().head).containsEntry(":path", "/inference/Echo")
                    .containsEntry("te", "trailers")
                    .containsEntry(":authority", "gate")
                    .containsEntry("x-forwarded-for", "127.0.0.1")
                    .containsEntry("x-forwarded-proto", TestTls.scheme())
                    .containsEntry("x-forwarded-host", "gate");
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().completed()).isEqualTo(1);
        }
    }

    @Test
    void streamsOfOneConnectionAreCountedAndEndEachByItself() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            call.begin();
            call.data("first");
            if (call.path().equals("/slow")) {
                goOn.await();
            }
            call.end();
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            for (int stream = 1; stream <= 19; stream += 2) {
                client.get(stream, "/slow");
            }
            client.get(21, "/fast");
            assertThat(client.answer(21).whole()).isTrue();
            rig.awaitInFlight(10);
            assertThat(rig.gate.counts().connections()).isEqualTo(1);
            assertThat(rig.server.peers()).hasSize(1);
            goOn.countDown();
            for (int stream = 1; stream <= 19; stream += 2) {
                assertThat(client.answer(stream).body()).isEqualTo("first");
            }
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().completed()).isEqualTo(11);
        }
    }

    @Test
    void onlyAHeadThatIsTheTrailersTooPasses() throws Exception {
        Http2FakeServer server = Http2FakeServer
                .answering(call -> call.peer.headers(call.stream, true, ":status", "200",
                        "content-type", "application/grpc", "grpc-status", "12"));
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.call(1, "/none");
            client.data(1, true, "x");
            assertThat(client.answer(1).grpcStatus()).isEqualTo("12");
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().completed()).isEqualTo(1);
        }
    }

    @Test
    void trailersOfARequestAndInterimAnswersPass() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            call.peer.headers(call.stream, false, ":status", "103", "link", "x");
            call.body.get();
            call.peer.headers(call.stream, true, ":status", "204");
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.request(1, false, "POST", "/");
            client.data(1, false, "abc");
            client.headers(1, true, "x-sum", "7");
            Http2Peer.Frame interim = client.awaitFrame(Http2Peer.HEADERS);
            assertThat(interim.fields()).containsEntry(":status", "103");
            assertThat(client.answer(1).status()).isEqualTo("204");
            assertThat(rig.server.calls().getFirst().body.get()).isEqualTo("abc");
        }
    }

    @Test
    void clientThatResetsEndsTheServersStreamAtOnce() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(Http2FakeServer.Call::begin);
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.call(1, "/");
            client.awaitFrame(Http2Peer.HEADERS);
            client.reset(1, 8);
            assertThat(rig.server.calls().getFirst().reset.get()).isEqualTo(8);
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().clientGone()).isEqualTo(1);
        }
    }

    @Test
    void clientThatLeavesEndsAllItsStreams() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(Http2FakeServer.Call::begin);
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.call(1, "/a");
            client.call(3, "/b");
            rig.awaitCalls(2);
            client.leave();
            for (Http2FakeServer.Call call : rig.server.calls()) {
                call.reset.get();
            }
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().clientGone()).isEqualTo(2);
            rig.awaitConnections(0);
        }
    }

    @Test
    void serverThatResetsIsPassedOnWithItsCode() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            if (call.path().equals("/begun")) {
                call.begin();
            }
            call.peer.reset(call.stream, 11);
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.get(1, "/begun");
            assertThat(client.answer(1).reset()).contains(11);
            client.get(3, "/");
            assertThat(client.answer(3).reset()).contains(11);
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().lost()).isEqualTo(1);
            assertThat(rig.gate.counts().upstreamFailures()).isEqualTo(1);
        }
    }

    @Test
    void serverThatDiesNeverLooksLikeAnEnd() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            if (!call.path().equals("/die")) {
                call.peer.headers(call.stream, false, ":status", "200", "content-type",
                        call.path().equals("/grpc") ? "application/grpc" : "text/plain");
                call.data("half");
            }
            if (call.path().equals("/die")) {
                call.peer.close();
            }
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.get(1, "/grpc");
            client.get(3, "/plain");
            client.awaitHeads(1, 3);
            client.call(5, "/die");
            assertThat(client.answer(1).grpcStatus()).isEqualTo("14");
            assertThat(client.answer(3).reset()).contains(2);
            assertThat(client.answer(5).grpcStatus()).isEqualTo("14");
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().lost()).isEqualTo(2);
            assertThat(rig.gate.counts().upstreamFailures()).isEqualTo(1);
            client.get(7, "/plain");
            client.awaitHeads(7);
            assertThat(rig.server.peers()).hasSize(2);
        }
    }

    @Test
    void serverThatCannotBeReachedGivesAStatus() throws Exception {
        Http2FakeServer server = Http2FakeServer.echoing();
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            server.close();
            client.call(1, "/");
            client.data(1, true, "x");
            assertThat(client.answer(1).grpcStatus()).isEqualTo("14");
            client.get(3, "/");
            Http2Peer.Answer answer = client.answer(3);
            assertThat(answer.status()).isEqualTo("503");
            assertThat(answer.body()).contains("upstream_unreachable");
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().upstreamFailures()).isEqualTo(2);
        }
    }

    @Test
    void serverOfHttp1IsSeenAsUnreachable() throws Exception {
        try (FakeUpstream old = FakeUpstream.answering(request -> FakeUpstream.ok("no"));
                GateRig rig = new GateRig(old, settings -> settings.with(GateSettings.Protocol.H2C));
                Http2Peer client = Http2Peer.connect(rig.gate.port())) {
            client.call(1, "/");
            assertThat(client.answer(1).grpcStatus()).isEqualTo("14");
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(200);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void largeBodiesPassBothWaysWithinTheWindows() throws Exception {
        String big = "0123456789abcdef".repeat(64 * 1024);
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            int length = call.body.get().length();
            call.begin();
            call.data(Integer.toString(length));
            call.end();
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.call(1, "/");
            Http2Uploads.send(client, 1, big);
            assertThat(client.answer(1).body()).isEqualTo(Integer.toString(big.length()));
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void clientThatReadsNothingHoldsUpTheServerAndNoOtherStream() throws Exception {
        CountDownLatch full = new CountDownLatch(1);
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            call.begin();
            if (call.path().equals("/big")) {
                // As much as the windows of the gate let it send, which a server that counts would.
                for (int i = 0; i < Http2Uploads.FIRST_WINDOW / 1024; i++) {
                    call.data("x".repeat(1024));
                }
                full.countDown();
            } else {
                call.data("small");
                call.end();
            }
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = Http2Peer.dial(rig.gate.port())) {
            client.write(Http2Peer.PREFACE.getBytes(StandardCharsets.US_ASCII));
            // SETTINGS_INITIAL_WINDOW_SIZE 0
            client.frame(Http2Peer.SETTINGS, 0, 0, new byte[]{0, 4, 0, 0, 0, 0});
            client.get(1, "/big");
            assertThat(full.await(20, TimeUnit.SECONDS)).isTrue();
            client.get(3, "/small");
            client.window(3, 100);
            assertThat(client.answer(3).body()).isEqualTo("small");
            rig.awaitInFlight(1);
        }
    }

    @Test
    void connectionThatIsNeverIdleKeepsNoMemoryOfStreamsThatHaveEnded() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            if (call.path().equals("/held")) {
                return;
            }
            int length = call.body.get().length();
            call.begin();
            call.data(Integer.toString(length));
            call.end();
        });
        GateBudget budget = GateBudget.of(1024L * 1024, 100);
        try (Http2Rig rig = new Http2Rig(server, settings -> settings, budget); Http2Peer client = rig.client()) {
            client.get(1, "/held");
            rig.awaitInFlight(1);
            long before = budget.heldBytes();
            for (int stream = 3; stream < 43; stream += 2) {
                client.call(stream, "/");
                Http2Uploads.send(client, stream, "x".repeat(48 * 1024));
                assertThat(client.answer(stream).body()).isEqualTo("49152");
            }
            rig.awaitInFlight(1);
            assertThat(budget.heldBytes()).isLessThan(before + 32 * 1024);
        }
    }

    @Test
    void streamsOverTheLimitAreResetAndReachNoServer() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {});
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            for (int i = 0; i < 128; i++) {
                client.get(2 * i + 1, "/");
            }
            client.get(257, "/one-more");
            assertThat(client.answer(257).reset()).contains(7);
            rig.awaitCalls(128);
            assertThat(rig.inFlight()).isEqualTo(128);
        }
    }

    @Test
    void serverThatTakesFewStreamsGetsMoreConnections() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Http2FakeServer.Reply reply = call -> {
            goOn.await();
            call.begin();
            call.end();
        };
        // SETTINGS_MAX_CONCURRENT_STREAMS 2
        Http2FakeServer server = new Http2FakeServer(reply, new byte[]{0, 3, 0, 0, 0, 2});
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            for (int i = 0; i < 20; i++) {
                client.get(2 * i + 1, "/");
            }
            rig.awaitCalls(16);
            assertThat(rig.server.peers()).hasSize(8);
            goOn.countDown();
            for (int i = 0; i < 20; i++) {
                assertThat(client.answer(2 * i + 1).whole()).isTrue();
            }
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void serverThatLeavesByGoawayIsReplacedForLaterStreams() throws Exception {
        Http2FakeServer server = Http2FakeServer.answering(call -> {
            call.begin();
            if (call.path().equals("/leave")) {
                call.peer.frame(Http2Peer.GOAWAY, 0, 0, new byte[]{0x7f, -1, -1, -1, 0, 0, 0, 0});
            }
            call.end();
        });
        try (Http2Rig rig = new Http2Rig(server); Http2Peer client = rig.client()) {
            client.get(1, "/leave");
            assertThat(client.answer(1).whole()).isTrue();
            client.get(3, "/next");
            assertThat(client.answer(3).whole()).isTrue();
            assertThat(rig.server.peers()).hasSize(2);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void requestsThatAreMalformedReachNoServer() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing()); Http2Peer client = rig.client()) {
            client.headers(1, true, ":method", "CONNECT", ":authority", "h:80");
            assertThat(client.answer(1).reset()).contains(1);
            client.headers(3, true, ":method", "GET", ":scheme", "http", ":path", "/ x", ":authority", "h");
            assertThat(client.answer(3).reset()).contains(1);
            client.headers(5, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "h", "connection",
                    "close");
            assertThat(client.answer(5).reset()).contains(1);
            client.headers(7, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a", "host", "b");
            assertThat(client.answer(7).reset()).contains(1);
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.MALFORMED, 4L);
            assertThat(rig.server.calls()).isEmpty();
            client.get(9, "/");
            assertThat(client.answer(9).whole()).isTrue();
        }
    }

    @Test
    void authorityMayNameSeveralAddresses() throws Exception {
        try (Http2Rig rig = new Http2Rig(Http2FakeServer.echoing()); Http2Peer client = rig.client()) {
            client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority",
                    "127.0.0.1:1,127.0.0.1:2");
            assertThat(client.answer(1).whole()).isTrue();
            assertThat(rig.server.calls().getFirst().head).containsEntry("x-forwarded-host", "127.0.0.1:1,127.0.0.1:2");
        }
    }

    @Test
    void clientsOfHttp1AreServedOnTheSameListener() throws IOException {
        try (FakeUpstream old = FakeUpstream.answering(request -> FakeUpstream.ok("one"));
                GateRig rig = new GateRig(old, settings -> settings.with(GateSettings.Protocol.H2C))) {
            assertThat(rig.ask(GateRig.get("/")).body()).isEqualTo("one");
        }
    }
}
