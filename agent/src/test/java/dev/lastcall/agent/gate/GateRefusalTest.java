// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Hostile and broken requests: refused, counted, never passed on, and never the end of the gate. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateRefusalTest {

    @ParameterizedTest
    @ValueSource(strings = {
        // two lengths, or a length and chunks
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.0\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent_Length: 3\r\n\r\n",
        // transfer codings that someone may not see
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n",
        // lines and bytes
        "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\u0000b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX\u0000: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\u0007b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX y: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX(: a\r\n\r\n",
        // targets and authorities
        "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n", "GET other HTTP/1.1\r\nHost: h\r\n\r\n",
        "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", "GET /\u0001 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / /x HTTP/1.1\r\nHost: h\r\n\r\n", "G{T / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /\r\nHost: h\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
        // bodies that nothing announces
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key1: 1\r\n"
                + "Sec-WebSocket-Key2: 2\r\n\r\n12345678",
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 3\r\n\r\nabc"})
    void requestThatTwoServersCouldReadDifferentlyIsRefused(String request) throws Exception {
        try (GateRig rig = GateRig.answering(r -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send(request + GateRig.get("/smuggled"));
            Peer.Answer answer = client.answer();

            assertThat(answer.status()).isIn(400, 505);
            assertThat(answer.saysClose()).isTrue();
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.upstream.requests()).isEmpty();
            assertThat(rig.gate.counts().refused().get(Refusal.MALFORMED)).isEqualTo(1);
            assertThat(rig.gate.counts().admitted()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\nabc\r\n", "-3\r\nabc\r\n", "0x3\r\nabc\r\n", "\r\n", "3 \r\nabc\r\n",
        " 3\r\nabc\r\n",
        "3\nabc\r\n", "3\r\nabcd\r\n", "ffffffffff\r\n", "3;a=\u0000\r\nabc\r\n", "3\r\nabc\n0\r\n\r\n",
        "3\r\nabc0\r\n\r\n", "3;a\nb\r\nabc\r\n"})
    void malformedChunkIsNeverCompletedForTheServer(String chunk) throws Exception {
        try (GateRig rig = GateRig.answering(r -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
                    + GateRig.get("/smuggled"));
            Peer.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.upstream.requests()).isEmpty();
            rig.awaitInFlight(0);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void headsOverALimitAreRefused() throws Exception {
        GateSettings.Limits limits = new GateSettings.Limits(100, 1024, 4096, 20, 4096);
        try (GateRig rig = new GateRig(FakeUpstream.answering(r -> FakeUpstream.ok("x")),
                settings -> settings.with(limits))) {
            assertThat(rig.ask(GateRig.get("/" + "a".repeat(2000))).status()).isEqualTo(414);
            assertThat(rig.ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(5000) + "\r\n\r\n").status())
                    .isEqualTo(431);
            assertThat(rig.ask("GET / HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(21) + "\r\n").status())
                    .isEqualTo(431);
            assertThat(rig.gate.counts().refused().get(Refusal.TOO_LARGE)).isEqualTo(3);
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void headThatDoesNotComeInTimeIsRefused() throws Exception {
        TestTls.plainOnly("a client that says nothing has not begun TLS either, which has no end then");
        GateSettings.Times times = new GateSettings.Times(Duration.ofSeconds(2), Duration.ofMillis(300),
                Duration.ofMillis(300), Duration.ofSeconds(10), Duration.ofSeconds(4), Duration.ofSeconds(1));
        try (GateRig rig = new GateRig(FakeUpstream.answering(r -> FakeUpstream.ok("x")),
                settings -> settings.with(times));
                Peer slow = rig.client();
                Peer silent = rig.client();
                Peer body = rig.client()) {
            slow.send("GET / HTTP/1.1\r\nHos");
            body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");

            assertThat(slow.answer().status()).isEqualTo(408);
            assertThat(silent.endsInOrder()).isTrue();
            assertThat(body.answer().status()).isEqualTo(408);
            assertThat(rig.gate.counts().refused().get(Refusal.TIMEOUT)).isEqualTo(1);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void oneConnectionTooManyIsAnswered() throws Exception {
        GateSettings.Limits limits = new GateSettings.Limits(3, 1024, 4096, 20, 4096);
        try (GateRig rig = new GateRig(FakeUpstream.answering(r -> FakeUpstream.ok("x")),
                settings -> settings.with(limits))) {
            List<Peer> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(rig.client());
            }
            rig.awaitConnections(3);
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(503);
            assertThat(rig.gate.counts().refused().get(Refusal.CONNECTIONS)).isEqualTo(1);

            for (Peer client : clients) {
                client.close();
            }
            rig.awaitConnections(0);
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(200);
        }
    }
}
