// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import dev.lastcall.agent.gate.GateCounts.Cut;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** WebSockets: passed as they are, counted until they end, cut with close frame 1012. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateWebSocketTest {

    private static final String UPGRADE = "GET /v1/realtime HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: b\r\n\r\n";

    /** A text frame from a server. */
    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[2 + payload.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 2, payload.length);
        return frame;
    }

    private static GateRig switching(FakeUpstream.Script then) throws IOException {
        return GateRig.playing(peer -> {
            peer.read();
            peer.send(SWITCHED);
            then.play(peer);
        });
    }

    @Test
    void bytesPassBothWaysFromTheFirstOn() throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(SWITCHED + "\u0081\u0002hi");
            peer.send(peer.readBytes(5));
        }); Peer client = rig.client()) {
            client.send(UPGRADE);
            String head = client.readHead();
            assertThat(head).startsWith("HTTP/1.1 101 ")
                    .contains("Connection: Upgrade\r\nUpgrade: websocket\r\n",
                            "Sec-WebSocket-Accept: b\r\n");
            assertThat(client.readBytes(4)).isEqualTo(frame("hi"));
            assertThat(rig.gate.counts().webSockets()).isEqualTo(1);
            assertThat(rig.inFlight()).isEqualTo(1);
            client.send("12345");

            assertThat(client.readBytes(5)).isEqualTo("12345".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.endsInOrder()).isTrue();
            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().webSockets()).isZero();
            assertThat(rig.gate.counts().completed()).isEqualTo(1);
            Peer.Request seen = rig.upstream.lastRequest();
            assertThat(seen.fields("connection")).containsExactly("Upgrade");
            assertThat(seen.fields("upgrade")).containsExactly("websocket");
        }
    }

    @Test
    void refusedUpgradeIsAnOrdinaryAnswer() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
                Peer client = rig.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(UPGRADE);
                assertThat(client.answer().body()).isEqualTo("no");
            }
        }
    }

    @Test
    void closedDoorKeepsOpenSocketsAndRefusesNewOnes() throws Exception {
        try (GateRig rig = switching(peer -> peer.send(peer.readBytes(2))); Peer client = rig.client()) {
            client.send(UPGRADE);
            client.readHead();
            rig.gate.closeDoor();

            assertThat(rig.ask(UPGRADE).status()).isEqualTo(503);
            client.send("ok");
            assertThat(client.readBytes(2)).isEqualTo("ok".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void cutSendsServiceRestartAndNotifiesTheServer() throws Exception {
        byte[] toServer = new byte[8];
        try (GateRig rig = switching(peer -> {
            byte[] got = peer.readBytes(8);
            System.arraycopy(got, 0, toServer, 0, got.length);
        }); Peer client = rig.client()) {
            client.send(UPGRADE);
            client.readHead();
            assertThat(rig.gate.cut(Duration.ofSeconds(1))).isEqualTo(1);

            byte[] close = client.readBytes(4);
            assertThat(close[0]).isEqualTo((byte) 0x88);
            assertThat((close[2] & 0xff) << 8 | (close[3] & 0xff)).isEqualTo(1012);
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.gate.counts().cut().get(Cut.WEB_SOCKET)).isEqualTo(1);
            Awaitility.await().until(() -> rig.upstream.openConnections() == 0);
            assertThat(toServer[0]).isEqualTo((byte) 0x88);
            assertThat(toServer[1]).isEqualTo((byte) 0x82);
            int code = ((toServer[6] ^ toServer[2]) & 0xff) << 8 | ((toServer[7] ^ toServer[3]) & 0xff);
            assertThat(code).isEqualTo(1001);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void closeFrameWaitsForTheEndOfTheFrameUnderWay() throws Exception {
        byte[] frame = frame("hello");
        try (GateRig rig = switching(peer -> {
            peer.send(Arrays.copyOf(frame, 4));
            // The client's byte says that the cut has begun.
            peer.readBytes(1);
            peer.send(Arrays.copyOfRange(frame, 4, frame.length));
            peer.endsInOrder();
        }); Peer client = rig.client(); Peer witness = rig.client()) {
            client.send(UPGRADE);
            client.readHead();
            assertThat(client.readBytes(4)).isEqualTo(Arrays.copyOf(frame, 4));
            rig.upstream.play(peer -> {
                peer.read();
                peer.endsInOrder();
            });
            witness.send(GateRig.get("/"));
            rig.awaitInFlight(2);
            Thread cut = Thread.ofVirtual().start(() -> rig.gate.cut(Duration.ofSeconds(10)));
            assertThat(witness.answer().status()).isEqualTo(503);
            client.send("x");

            assertThat(client.readBytes(3)).isEqualTo(Arrays.copyOfRange(frame, 4, frame.length));
            assertThat(client.readByte()).isEqualTo(0x88);
            cut.join();
        }
    }

    @Test
    void frameUnderWayThatNeverEndsIsReset() throws Exception {
        try (GateRig rig = switching(peer -> {
            peer.send(Arrays.copyOf(frame("hello"), 4));
            peer.endsInOrder();
        }); Peer client = rig.client()) {
            client.send(UPGRADE);
            client.readHead();
            client.readBytes(4);
            rig.gate.cut(Duration.ofMillis(200));

            assertThat(client.endsInOrder()).isFalse();
            assertThat(rig.gate.counts().cut().get(Cut.WEB_SOCKET)).isEqualTo(1);
        }
    }

    @Test
    void clientThatLeavesEndsTheServersSide() throws Exception {
        try (GateRig rig = switching(Peer::endsInOrder); Peer client = rig.client()) {
            client.send(UPGRADE);
            client.readHead();
            client.leave();

            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().clientGone()).isEqualTo(1);
            Awaitility.await().until(() -> rig.upstream.openConnections() == 0);
        }
    }
}
