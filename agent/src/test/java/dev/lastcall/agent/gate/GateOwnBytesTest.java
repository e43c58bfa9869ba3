// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Each client gets the bytes of its own answer, and the server those of one request after the other. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateOwnBytesTest {

    private static final String STRAY = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray";

    /** A server that ends an answer and adds something to it, at once or when the gate has had time to see the end. */
    private static GateRig addingTo(String answer, String extra) throws IOException {
        return GateRig.playing(peer -> {
            for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
                peer.send(request.line().contains("/first") ? answer + extra : FakeUpstream.ok("mine"));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", " ", "}", STRAY})
    void bytesBeyondALengthReachNoClient(String extra) throws Exception {
        try (GateRig rig = addingTo(FakeUpstream.ok("ok"), extra)) {
            assertThat(rig.ask(GateRig.post("/first", "{}")).body()).isEqualTo("ok");
            assertThat(rig.ask(GateRig.post("/", "{}")).body()).isEqualTo("mine");
            assertThat(rig.upstream.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200 OK", "GET, 204 No Content", "GET, 304 Not Modified"})
    void bodyWhereNoneMayBeReachesNoClient(String method, String status) throws Exception {
        try (GateRig rig = addingTo("HTTP/1.1 " + status + "\r\n\r\n", STRAY)) {
            assertThat(rig.ask(method + " /first HTTP/1.1\r\nHost: h\r\n\r\n").body()).isEmpty();
            assertThat(rig.ask(GateRig.post("/", "{}")).body()).isEqualTo("mine");
        }
    }

    @Test
    void bytesThatComeWhileAConnectionIsIdleReachNoClient() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch strayed = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(FakeUpstream.ok("first"));
            answered.await();
            peer.send(STRAY);
            strayed.countDown();
            peer.endsInOrder();
        })) {
            assertThat(rig.ask(GateRig.get("/")).body()).isEqualTo("first");
            rig.upstream.play(peer -> {
                peer.read();
                peer.send(FakeUpstream.ok("mine"));
            });
            answered.countDown();
            // What comes after the next request has been sent is the answer to it, as far as HTTP/1.1 can tell.
            assertThat(strayed.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(rig.ask(GateRig.get("/")).body()).isEqualTo("mine");
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> rig.upstream.openConnections() == 0);
        }
    }

    @Property(tries = 40)
    void whatIsLeftOverIsSeenHoweverTheAnswerIsChopped(@ForAll @IntRange(min = 1, max = 60) int piece)
            throws Exception {
        String bytes = "HTTP/1.1 100 Continue\r\n\r\n" + FakeUpstream.ok("ok") + "x";
        CountDownLatch sent = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
                if (request.line().contains("/first")) {
                    for (int at = 0; at < bytes.length(); at += piece) {
                        peer.send(bytes.substring(at, Math.min(bytes.length(), at + piece)));
                    }
                    sent.countDown();
                } else {
                    peer.send(FakeUpstream.ok("mine"));
                }
            }
        })) {
            assertThat(rig.ask(GateRig.post("/first", "{}")).body()).isEqualTo("ok");
            assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.ask(GateRig.post("/", "{}")).body()).isEqualTo("mine");
        }
    }

    @Test
    void answerThatDoesNotBeginWithHttpIsNone() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "\r\n" + FakeUpstream.ok("x"))) {
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(502);
        }
    }

    @Test
    void oneHeadIsReadAheadAndTheRestStaysBytes() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
                go.await();
                peer.send(FakeUpstream.ok(request.line()));
            }
        }); Peer client = rig.client()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                all.append(GateRig.get("/" + i));
            }
            client.send(all.toString());
            rig.awaitInFlight(2);
            assertThat(rig.gate.counts().admitted()).isEqualTo(2);
            go.countDown();

            for (int i = 0; i < 200; i++) {
                assertThat(client.answer().body()).contains("/" + i + " ");
            }
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void bodyThatEndsByAResetIsLostEvenIfAWriteHasSeenTheResetFirst() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.readHead();
            peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
            peer.readBytes(10);
            peer.reset();
        }); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
            client.readUntil("half");
            Thread upload = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        client.send(new byte[10_000]);
                    }
                } catch (IOException e) {
                    // The gate ends the connection: that is what is expected.
                }
            });

            upload.join();
            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().lost()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET http://h/v1/models?a=b, GET /v1/models?a=b", "GET HTTP://H/x, GET /x", "GET http://h:80/x, GET /x",
        "GET http://h, GET /", "OPTIONS http://h, OPTIONS *", "GET http://h?q, GET /?q"})
    void absoluteFormIsTakenForItsPath(String asked, String passed) throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"))) {
            assertThat(rig.ask(asked + " HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(200);
            assertThat(rig.upstream.lastRequest().line()).isEqualTo(passed + " HTTP/1.1");
            assertThat(rig.upstream.lastRequest().fields("host")).containsExactly("h");
        }
    }

    @Test
    void hostOfAnOldRequestIsThatOfItsTarget() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"))) {
            assertThat(rig.ask("GET http://node:9/x HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
            assertThat(rig.upstream.lastRequest().fields("host")).containsExactly("node:9");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET http://h:81/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET http:/// HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h/#x HTTP/1.1\r\nHost: h\r\n\r\n",
        "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n",
        "CONNECT http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "connect /a HTTP/1.1\r\nHost: h\r\n\r\n"})
    void targetsOfAnotherHostAndTunnelsAreRefused(String request) throws Exception {
        try (GateRig rig = GateRig.answering(seen -> FakeUpstream.ok("x"))) {
            assertThat(rig.ask(request).status()).isIn(400, 501);
            assertThat(rig.upstream.requests()).isEmpty();
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.MALFORMED, 1L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y\r\n\tContent-Length: 5\r\n", " X: y\r\n", "X: a\rb\r\n", "X: a\nY: b\r\n",
        "X: a\u0000\r\n", "no colon\r\n"})
    void trailersAreHeldToWhatHeadsAreHeldTo(String trailers) throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"))) {
            String body = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n00;x=1\r\n";
            assertThat(rig.ask(body + trailers + "\r\n").status()).isEqualTo(400);
            rig.awaitInFlight(0);
            assertThat(rig.upstream.requests()).noneMatch(request -> !request.trailers().isEmpty());
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void trailersHaveTheNumberOfFieldsOfAHead() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("" + request.trailers().size()))) {
            String body = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
            assertThat(rig.ask(body + "X: y\r\n".repeat(200) + "\r\n").body()).isEqualTo("200");
            assertThat(rig.ask(body + "X: y\r\n".repeat(201) + "\r\n").status()).isEqualTo(431);
        }
    }

    @Test
    void bodyThatIsExpectedHasATimeOutToo() throws Exception {
        GateSettings.Times times = GateSettings.Times.DEFAULT;
        try (GateRig rig = new GateRig(new FakeUpstream(peer -> {
            peer.readHead();
            peer.endsInOrder();
        }), settings -> settings
                .with(new GateSettings.Times(times.connect(), times.requestHead(), Duration.ofMillis(300),
                        times.clientIdle(), times.pooledIdle(), times.linger())));
                Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void usualNamesOfLivenessPassWhileTheDoorIsClosed() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("up"))) {
            rig.gate.closeDoor();
            for (String path : List.of("/livez", "/live", "/healthz", "/health/live", "/v1/health/live",
                    "/v2/health/live")) {
                assertThat(rig.ask(GateRig.get(path)).status()).as(path).isEqualTo(200);
            }
            assertThat(rig.ask(GateRig.get("/v1/health/ready")).status()).isEqualTo(503);
            assertThat(rig.gate.counts().refusedTotal()).isZero();
            assertThat(rig.gate.counts().failedProbes()).isEqualTo(1);
        }
    }
}
