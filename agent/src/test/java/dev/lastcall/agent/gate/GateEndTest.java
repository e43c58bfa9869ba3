// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the cut and the end of the agent reach, and what they leave alone. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateEndTest {

    /** More than a socket holds for a client with a small buffer, less than the kernel takes from the gate. */
    private static final int SIZE = 300_000;

    private static GateRig sending(int size) throws Exception {
        return GateRig.answering(request -> FakeUpstream.ok("j".repeat(size)));
    }

    @Test
    void cutReachesOnlyWhatWasLetInBeforeIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Peer.chunk("data: half"));
            peer.endsInOrder();
        }); Peer stuck = rig.client(); Peer witness = rig.client(); Peer late = rig.client()) {
            stuck.send(GateRig.get("/"));
            stuck.readUntil("half\r\n");
            rig.upstream.play(peer -> {
                peer.read();
                peer.endsInOrder();
            });
            witness.send(GateRig.get("/"));
            rig.awaitInFlight(2);
            rig.gate.closeDoor();
            Thread cut = Thread.ofVirtual().start(() -> assertThat(rig.gate.cut(Duration.ofSeconds(2))).isEqualTo(2));
            assertThat(witness.answer().status()).isEqualTo(503);
            rig.upstream.play(peer -> {
                peer.read();
                go.await();
                peer.send(FakeUpstream.ok("whole"));
            });
            rig.gate.openDoor();
            late.send(GateRig.get("/"));
            rig.awaitInFlight(2);

            assertThat(stuck.endsInOrder()).isFalse();
            cut.join();
            assertThat(rig.inFlight()).isEqualTo(1);
            go.countDown();
            assertThat(late.answer().body()).isEqualTo("whole");
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void answerIsInFlightUntilTheKernelHasSentIt() throws Exception {
        try (GateRig rig = sending(SIZE); Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
            client.send(GateRig.get("/"));
            Awaitility.await().until(() -> rig.upstream.requests().size() == 1);
            Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            assertThat(rig.inFlight()).isEqualTo(1);
            assertThat(rig.gate.counts().completed()).isZero();

            assertThat(client.answer().body()).hasSize(SIZE);
            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().completed()).isEqualTo(1);
        }
    }

    @Test
    void endOfTheGateTakesNothingBackThatTheKernelHas() throws Exception {
        try (GateRig rig = sending(SIZE); Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
            client.send(GateRig.get("/"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            rig.gate.shutdown();

            assertThat(client.readBytes(SIZE)).hasSize(SIZE);
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @Test
    void requestThatMeetsTheEndOfAnIdleConnectionHasItsAnswer() throws Exception {
        TestTls.plainOnly("Java's TLS does not say what has come and is not read");
        try (GateRig rig = sending(1); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            assertThat(client.answer().status()).isEqualTo(200);
            rig.gate.retire();
            // Both sides act at once: what the gate has sent lies unread here when the request goes out.
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> client.hasBytes());
            client.send(GateRig.post("/", "{}"));

            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @Test
    void idleClientsOfAGateThatEndsAreNotified() throws Exception {
        try (GateRig rig = sending(1); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            assertThat(client.answer().status()).isEqualTo(200);
            Thread end = Thread.ofVirtual().start(rig.gate::shutdown);

            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(client.endsInOrder()).isTrue();
            client.leave();
            end.join();
        }
    }
}
