// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateCounts.Cut;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The cut: each answer is ended so that its client can tell that it is not whole. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateCutTest {

    private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n";
    private static final Duration BOUND = Duration.ofSeconds(1);

    /** A server that sends something, and then nothing until its connection ends. */
    private static GateRig stuckAfter(String bytes) throws Exception {
        return GateRig.playing(peer -> {
            peer.read();
            peer.send(bytes);
            peer.endsInOrder();
        });
    }

    @Test
    void answerThatHasNotBegunBecomes503() throws Exception {
        try (GateRig rig = stuckAfter(""); Peer client = rig.client()) {
            client.send(GateRig.post("/", "{}"));
            rig.awaitInFlight(1);
            rig.gate.closeDoor();

            assertThat(rig.gate.cut(BOUND)).isEqualTo(1);
            Peer.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("\"code\":\"node_reclaimed\"");
            assertThat(answer.fields("retry-after")).containsExactly("1");
            assertThat(answer.ending()).isEqualTo(Peer.Ending.COMPLETE);
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.gate.counts().cut().get(Cut.NOT_BEGUN)).isEqualTo(1);
            assertThat(rig.isBalanced()).isTrue();
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> rig.upstream.openConnections() == 0);
        }
    }

    @Test
    void requestWhoseBodyIsStillComingGetsThe503Too() throws Exception {
        try (GateRig rig = stuckAfter(""); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nbegun");
            rig.awaitInFlight(1);
            rig.gate.cut(BOUND);
            client.send("and going on");

            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @Test
    void eventStreamEndsWithAnErrorEventAndWithoutDone() throws Exception {
        try (GateRig rig = stuckAfter(EVENTS + Peer.chunk("data: {\"a\":1}\n\n")); Peer client = rig.client()) {
            client.send(GateRig.post("/v1/chat/completions", "{}"));
            client.readUntil("{\"a\":1}\n\n\r\n");
            assertThat(rig.gate.cut(BOUND)).isEqualTo(1);

            String rest = client.readUntil("0\r\n\r\n");
            assertThat(rest).contains("data: {\"type\":\"error\",\"error\":{\"message\":",
                    "\"code\":\"node_reclaimed\"", "\"param\":null}\nevent: error\n\n\r\n0\r\n\r\n");
            assertThat(rest).doesNotContain("[DONE]");
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.gate.counts().cut().get(Cut.EVENT_STREAM)).isEqualTo(1);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE]\n\n", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        "event: response.completed\r\ndata: {\"type\":\"response.completed\"}\r\n\r\n"})
    void eventStreamThatHasSaidItsEndMarkEndsAsComplete(String mark) throws Exception {
        try (GateRig rig = stuckAfter(EVENTS + Peer.chunk("data: 1\n\n" + mark.substring(0, 9))
                + Peer.chunk(mark.substring(9))); Peer client = rig.client()) {
            client.send(GateRig.post("/", "{}"));
            client.readUntil(mark.substring(9) + "\r\n");
            assertThat(rig.gate.cut(BOUND)).isZero();

            assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
            assertThat(rig.gate.counts().completed()).isEqualTo(1);
        }
    }

    @Test
    void eventUnderWayIsFinishedBeforeTheErrorEvent() throws Exception {
        CountDownLatch cutting = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(EVENTS + Peer.chunk("data: half"));
            cutting.await();
            peer.send(Peer.chunk(" whole\n\ndata: nev"));
            peer.endsInOrder();
        }); Peer client = rig.client(); Peer witness = rig.client()) {
            client.send(GateRig.post("/", "{}"));
            client.readUntil("half\r\n");
            rig.upstream.play(peer -> {
                peer.read();
                peer.endsInOrder();
            });
            witness.send(GateRig.get("/"));
            rig.awaitInFlight(2);
            Thread cut = Thread.ofVirtual().start(() -> rig.gate.cut(Duration.ofSeconds(10)));
            assertThat(witness.answer().status()).isEqualTo(503);
            cutting.countDown();
            String rest = client.readUntil("0\r\n\r\n");
            cut.join();

            assertThat(rest).contains(" whole\n\n\r\n", "data: {\"type\":\"error\"", "}\nevent: error\n\n")
                    .doesNotContain("nev");
        }
    }

    @Test
    void eventUnderWayThatNeverEndsIsReset() throws Exception {
        try (GateRig rig = stuckAfter(EVENTS + Peer.chunk("data: half")); Peer client = rig.client()) {
            client.send(GateRig.post("/", "{}"));
            client.readUntil("half\r\n");
            rig.gate.cut(Duration.ofMillis(200));

            assertThat(client.endsInOrder()).isFalse();
            assertThat(rig.gate.counts().cut().get(Cut.EVENT_STREAM)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf\r\n", "HTTP/1.1 200 OK\r\n\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\nhalf\r\n"})
    void bodyThatHasBegunIsResetAndNeverEnded(String reply) throws Exception {
        try (GateRig rig = stuckAfter(reply); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            client.readUntil("half");
            assertThat(rig.gate.cut(BOUND)).isEqualTo(1);

            assertThat(client.endsInOrder()).isFalse();
            assertThat(rig.gate.counts().cut().get(Cut.BODY)).isEqualTo(1);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void aStreamOfNamedEventsEndsWithTheNameFirst() throws Exception {
        try (GateRig rig = stuckAfter(EVENTS + Peer.chunk("event: message_start\ndata: {\"a\":1}\n\n"));
                Peer client = rig.client()) {
            client.send(GateRig.post("/v1/messages", "{}"));
            client.readUntil("{\"a\":1}\n\n\r\n");
            rig.gate.cut(BOUND);

            assertThat(client.readUntil("0\r\n\r\n")).contains("event: error\ndata: {\"type\":\"error\"");
        }
    }

    @Test
    void oldClientsEventStreamEndsWithTheEventToo() throws Exception {
        try (GateRig rig = stuckAfter(EVENTS + Peer.chunk("data: 1\n\n")); Peer client = rig.client()) {
            client.send("POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
            client.readUntil("data: 1\n\n");
            rig.gate.cut(BOUND);

            assertThat(client.readUntil("\n\n")).startsWith("data: {\"type\":\"error\"")
                    .endsWith("}\nevent: error\n\n");
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @Test
    void requestsThatWaitForTheirTurnAreCutWithTheOneBeforeThem() throws Exception {
        try (GateRig rig = stuckAfter(""); Peer client = rig.client()) {
            client.send(GateRig.get("/1") + GateRig.get("/2"));
            rig.awaitInFlight(2);

            assertThat(rig.gate.cut(BOUND)).isEqualTo(2);
            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void cutWithNothingInFlightReturnsAtOnce() throws Exception {
        try (GateRig rig = stuckAfter("")) {
            assertThat(rig.gate.cut(Duration.ofMinutes(5))).isZero();
        }
    }

    @Test
    void completeAnswerThatItsClientDoesNotReadIsGivenTheWholeBound() throws Exception {
        String large = "x".repeat(40_000);
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(large));
                Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
            client.send(GateRig.get("/"));
            Awaitility.await().until(() -> rig.upstream.requests().size() == 1);
            Thread cut = Thread.ofVirtual().start(() -> rig.gate.cut(Duration.ofSeconds(10)));
            Peer.Answer answer = client.answer();
            cut.join();

            assertThat(answer.body().length() == large.length() || answer.status() == 503).isTrue();
            assertThat(answer.ending()).isEqualTo(Peer.Ending.COMPLETE);
        }
    }
}
