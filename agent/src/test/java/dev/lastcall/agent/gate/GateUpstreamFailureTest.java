// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A server that refuses, breaks off, or closes a kept connection just as it is used. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateUpstreamFailureTest {

    @Test
    void serverThatRefusesTheConnectionIsA503() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            rig.upstream.close();
            client.send(GateRig.post("/", "body"));
            Peer.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.fields("retry-after")).containsExactly("1");
            assertThat(answer.body()).contains("upstream_unreachable");
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.gate.counts().upstreamFailures()).isEqualTo(1);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void serverThatResetsBeforeItsAnswerIsA502AndThePostIsSentOnce() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.reset();
        })) {
            assertThat(rig.ask(GateRig.post("/", "body")).status()).isEqualTo(502);
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(502);
            assertThat(rig.upstream.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nBad(: x\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y"})
    void answerThatIsNotHttpIsA502(String reply) throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(reply);
        })) {
            assertThat(rig.ask(GateRig.post("/", "body")).status()).isEqualTo(502);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void serversOwnErrorPassesUnchanged() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "HTTP/1.1 500 Oh No\r\nContent-Length: 4\r\n\r\nboom")) {
            Peer.Answer answer = rig.ask(GateRig.post("/", "{}"));

            assertThat(answer.head()).startsWith("HTTP/1.1 500 Oh No\r\n");
            assertThat(answer.body()).isEqualTo("boom");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"})
    void serverThatDiesInTheMiddleIsLostAndTheClientSeesAReset(String reply) throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(reply);
        })) {
            assertThat(rig.ask(GateRig.get("/")).ending()).isNotEqualTo(Peer.Ending.COMPLETE);
            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().lost()).isEqualTo(1);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void bodyThatEndsByAResetIsNotTakenForWhole() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
            seen.await();
            peer.reset();
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            client.readUntil("half");
            seen.countDown();

            assertThat(client.endsInOrder()).isFalse();
            assertThat(rig.gate.counts().lost()).isEqualTo(1);
        }
    }

    @Test
    void answerThatCameBeforeTheServerClosedReachesTheClient() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.readHead();
            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            peer.closeOutput();
            peer.endsInOrder();
        }); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(500_000));
            Peer.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("no");
        }
    }

    @Test
    void getOnAKeptConnectionThatTheServerIsClosingIsSentAgain() throws Exception {
        CountDownLatch kept = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(FakeUpstream.ok("first"));
            kept.countDown();
            // The next request is read, and the connection ends without a byte of an answer.
            peer.read();
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/1"));
            assertThat(client.answer().body()).isEqualTo("first");
            kept.await();
            client.send(GateRig.get("/2"));

            assertThat(client.answer().body()).isEqualTo("first");
            assertThat(rig.upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void postIsNeverSentAgain() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(FakeUpstream.ok("first"));
            peer.read();
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/1"));
            assertThat(client.answer().body()).isEqualTo("first");
            client.send(GateRig.post("/2", "body"));

            assertThat(client.answer().status()).isEqualTo(502);
            assertThat(rig.upstream.requests().stream().filter(r -> r.line().contains("/2"))).hasSize(1);
        }
    }

    @Test
    void postGetsANewConnectionWhenTheKeptOneMayBeAboutToClose() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send(GateRig.get("/1"));
            client.answer();
            long idle = System.nanoTime() + UpstreamPool.SURELY_ALIVE.toNanos() + 200_000_000;
            Awaitility.await().until(() -> System.nanoTime() - idle > 0);
            client.send(GateRig.get("/2"));
            client.answer();
            assertThat(rig.upstream.connections()).isEqualTo(1);
            long again = System.nanoTime() + UpstreamPool.SURELY_ALIVE.toNanos() + 200_000_000;
            Awaitility.await().until(() -> System.nanoTime() - again > 0);
            client.send(GateRig.post("/3", "body"));
            client.answer();

            assertThat(rig.upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void noRequestRunsIntoAServerThatClosesAfterAStreamWithoutSayingSo() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            if (!peer.read().isEnd()) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nKeep-Alive: timeout=5, max=100\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
            }
        }); Peer client = rig.client()) {
            for (int i = 1; i <= 50; i++) {
                client.send(GateRig.post("/" + i, "body"));
                assertThat(client.answer().status()).as("answer %d", i).isEqualTo(200);
            }
            assertThat(rig.upstream.connections()).isEqualTo(50);
        }
    }

    @Test
    void idleConnectionsToTheServerAreClosedBeforeItClosesThem() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"))) {
            rig.ask(GateRig.get("/"));
            assertThat(rig.upstream.openConnections()).isEqualTo(1);

            Awaitility.await().atMost(4900, TimeUnit.MILLISECONDS).until(() -> rig.upstream.openConnections() == 0);
        }
    }

    @Test
    void bytesThatAnswerNothingAreNeverGivenToAClient() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(FakeUpstream.ok("right") + FakeUpstream.ok("stale"));
            sent.countDown();
            peer.endsInOrder();
        }); Peer client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(GateRig.get("/"));
                assertThat(client.answer().body()).isEqualTo("right");
            }
            assertThat(rig.upstream.connections()).isEqualTo(3);
        }
    }
}
