// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What passes through an open gate, and how it is changed: as little as HTTP allows. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateProxyTest {

    @Test
    void requestReachesTheServerAndItsAnswerTheClient() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "HTTP/1.1 418 I'm a teapot\r\nX-Kind: tea\r\nDate: then\r\n"
                + "Content-Length: 5\r\n\r\nhello")) {
            Peer.Answer answer = rig
                    .ask("PATCH /a%20b?x=1&y HTTP/1.1\r\nHost: h.example:81\r\nAuthorization: Bearer s\r\n"
                            + "X-Request-Id: r1\r\ntraceparent: 00-1-2-03\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(answer.head()).startsWith("HTTP/1.1 418 I'm a teapot\r\n")
                    .contains("X-Kind: tea\r\nDate: then\r\n");
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.ending()).isEqualTo(Peer.Ending.COMPLETE);
            Peer.Request seen = rig.upstream.lastRequest();
            assertThat(seen.line()).isEqualTo("PATCH /a%20b?x=1&y HTTP/1.1");
            assertThat(seen.body()).isEqualTo("abc");
            assertThat(seen.head()).contains("Host: h.example:81\r\n", "Authorization: Bearer s\r\n",
                    "X-Request-Id: r1\r\n", "traceparent: 00-1-2-03\r\n");
        }
    }

    @Test
    void clientIsNamedInForwardingFieldsAfterThoseThatCame() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"))) {
            rig.ask("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\n"
                    + "X-Forwarded-Proto: https\r\nForwarded: for=10.0.0.1\r\n\r\n");

            Peer.Request seen = rig.upstream.lastRequest();
            assertThat(seen.fields("x-forwarded-for")).containsExactly("10.0.0.1, 10.0.0.2, 127.0.0.1");
            assertThat(seen.fields("x-forwarded-proto")).containsExactly("https");
            assertThat(seen.fields("x-forwarded-host")).containsExactly("h");
            assertThat(seen.fields("forwarded"))
                    .containsExactly("for=10.0.0.1, for=127.0.0.1;host=\"h\";proto=" + TestTls.scheme());
        }
    }

    @Test
    void fieldsOfOneConnectionStayOnIt() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                + "Keep-Alive: timeout=5\r\nProxy-Authenticate: b\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n")) {
            Peer.Answer answer = rig.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Secret, Upgrade,"
                    + " HTTP2-Settings, Host\r\nX-Secret: 1\r\nKeep-Alive: 300\r\nProxy-Connection: keep-alive\r\n"
                    + "Proxy-Authorization: b\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\nTE: gzip\r\n\r\n");

            assertThat(answer.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("x-hop", "keep-alive", "proxy",
                    "upgrade", "connection");
            String seen = rig.upstream.lastRequest().head().toLowerCase(java.util.Locale.ROOT);
            assertThat(seen).doesNotContain("x-secret", "keep-alive", "proxy-", "upgrade", "http2", "\r\nte:",
                    "connection");
            assertThat(seen).contains("\r\nhost: h\r\n");
        }
    }

    @Test
    void chunksAndTrailersPassBothWays() throws Exception {
        try (GateRig rig = GateRig
                .answering(request -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n"
                        + "\r\n" + Peer.chunk("hel") + Peer.chunk("lo") + "0\r\nX-Sum: 9\r\n\r\n")) {
            Peer.Answer answer = rig
                    .ask("POST / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "4;ext=1\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Up: 7\r\nContent-Length: 4\r\nHost: evil\r\n\r\n");

            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.trailers()).containsExactly("X-Sum: 9");
            assertThat(rig.upstream.lastRequest().body()).isEqualTo("Wikipedia");
            assertThat(rig.upstream.lastRequest().trailers()).containsExactly("X-Up: 7");
            assertThat(rig.upstream.lastRequest().fields("te")).containsExactly("trailers");
        }
    }

    @Test
    void connectionsAreKeptAliveOnBothSides() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            for (int i = 0; i < 20; i++) {
                client.send(i % 2 == 0 ? GateRig.get("/" + i) : GateRig.post("/" + i, "body"));
                assertThat(client.answer().status()).isEqualTo(200);
            }

            rig.awaitInFlight(0);
            assertThat(rig.upstream.connections()).isEqualTo(1);
            assertThat(rig.gate.counts().completed()).isEqualTo(20);
        }
    }

    @Test
    void eventsPassOneByOneWithoutBeingHeld() throws Exception {
        CountDownLatch firstSeen = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            peer.sendChunk("data: 1\n\n");
            firstSeen.await();
            peer.sendChunk(": still here\n\n");
            peer.sendChunk("data: [DONE]\n\n");
            peer.send("0\r\n\r\n");
        }); Peer client = rig.client()) {
            client.send(GateRig.post("/v1/chat/completions", "{}"));
            assertThat(client.readUntil("data: 1\n\n")).contains("text/event-stream");
            assertThat(rig.inFlight()).isEqualTo(1);
            firstSeen.countDown();

            assertThat(client.readUntil("0\r\n\r\n")).contains(": still here\n\n", "data: [DONE]\n\n");
            rig.awaitInFlight(0);
        }
    }

    @Test
    void interimAnswersPassAndTheBodyComesOnlyWhenAskedFor() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            String head = peer.readHead();
            assertThat(head).contains("Expect: 100-continue");
            peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
            peer.send(FakeUpstream.ok(new String(peer.readBytes(5), java.nio.charset.StandardCharsets.US_ASCII)));
        }); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
            client.send("hello");

            assertThat(client.answer().body()).isEqualTo("hello");
        }
    }

    @Test
    void refusalOfABodyThatWasNotSentEndsTheConnection() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.readHead();
            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
            peer.endsInOrder();
        }); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            Peer.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.saysClose()).isTrue();
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"})
    void answerToHeadEndsWithItsHead(String reply) throws Exception {
        try (GateRig rig = GateRig.answering(request -> reply); Peer client = rig.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
                Peer.Answer answer = client.answer(true);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.fields("content-length").size()).isEqualTo(reply.contains("1234") ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"a\"\r\n\r\n"})
    void answersWithoutABodyKeepTheConnection(String reply) throws Exception {
        try (GateRig rig = GateRig.answering(request -> reply); Peer client = rig.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(GateRig.get("/"));
                assertThat(client.answer().ending()).isEqualTo(Peer.Ending.COMPLETE);
            }
            assertThat(rig.upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void oldClientsGetNoChunks() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Peer.chunk("hello") + "0\r\n\r\n"); Peer client = rig.client()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            Peer.Answer answer = client.answer();

            assertThat(answer.fields("transfer-encoding")).isEmpty();
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.saysClose()).isTrue();
            assertThat(rig.upstream.lastRequest().line()).isEqualTo("GET / HTTP/1.1");
            assertThat(rig.upstream.lastRequest().fields("host")).hasSize(1);
        }
    }

    @Test
    void oldClientsThatAskForItAreKept() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(client.answer().fields("connection")).containsExactly("keep-alive");
            }
        }
    }

    @Test
    void bodyThatEndsWithTheServersConnectionBecomesChunks() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\n\r\nall of it");
        }); Peer client = rig.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(GateRig.get("/"));
                Peer.Answer answer = client.answer();
                assertThat(answer.body()).isEqualTo("all of it");
                assertThat(answer.fields("transfer-encoding")).containsExactly("chunked");
            }
        }
    }

    @Test
    void pipelinedRequestsAreServedInOrderOneAtATime() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(request.line() + request.body()));
                Peer client = rig.client()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                all.append(i % 3 == 0 ? GateRig.post("/" + i, "b" + i) : GateRig.get("/" + i));
            }
            client.send(all.toString());

            for (int i = 0; i < 50; i++) {
                assertThat(client.answer().body()).contains("/" + i + " ").endsWith(i % 3 == 0 ? "b" + i : "1.1");
            }
            assertThat(rig.upstream.connections()).isEqualTo(1);
            rig.awaitInFlight(0);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void largeBodiesPassWhole() throws Exception {
        String large = "0123456789abcdef".repeat(512 * 1024);
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(request.body()))) {
            assertThat(rig.ask(GateRig.post("/", large)).body().equals(large)).isTrue();
        }
    }

    @Test
    void clientThatAsksForTheEndGetsIt() throws IOException {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

            assertThat(client.answer().saysClose()).isTrue();
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.upstream.lastRequest().fields("connection")).isEmpty();
        }
    }
}
