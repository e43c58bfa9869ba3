// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What RFC 9113 warns of in 10.5: the gate ends the connection that does it, and another client's is not harmed. */
class GateHttp2AttackTest {

    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int PIECES = 1000;

    private Http2Rig rig;
    private Http2Peer other;

    @BeforeEach
    void begin() throws IOException {
        rig = new Http2Rig(Http2FakeServer.answering(call -> {
            if (!call.path().equals("/never")) {
                call.body.get();
                call.begin();
                call.data("x");
                call.end();
            }
        }));
        other = rig.client();
        other.call(1, "/other");
        rig.awaitCalls(1);
    }

    /** The other client's stream, which was in flight all the time, ends whole. */
    @AfterEach
    void end() throws IOException {
        other.data(1, true, "still here");
        assertThat(other.answer(1).grpcStatus()).isEqualTo("0");
        assertThat(rig.isBalanced()).isTrue();
        other.close();
        rig.close();
    }

    @Test
    void rapidResetEndsTheConnection() throws Exception {
        try (Http2Peer attacker = rig.client()) {
            send(attacker, 1500, i -> {
                ByteArrayOutputStream both = new ByteArrayOutputStream();
                both.writeBytes(Http2Peer.bytes(Http2Peer.HEADERS, Http2Peer.END_HEADERS | Http2Peer.END_STREAM,
                        2 * i + 1,
                        Http2Peer.block(":method", "GET", ":scheme", "http", ":path", "/never", ":authority", "h")));
                both.writeBytes(Http2Peer.bytes(Http2Peer.RST_STREAM, 0, 2 * i + 1, Http2Peer.number(8)));
                return both.toByteArray();
            });
            attacker.readToEnd();
            assertEnded(attacker);
            rig.awaitConnections(1);
        }
    }

    @Test
    void streamsThatTheGateMustResetEndTheConnection() throws Exception {
        try (Http2Peer attacker = rig.client()) {
            send(attacker, 1500, i -> Http2Peer.bytes(Http2Peer.HEADERS, Http2Peer.END_HEADERS | Http2Peer.END_STREAM,
                    2 * i + 1, Http2Peer.block(":method", "GET", ":scheme", "http", ":path", "no", ":authority", "h")));
            attacker.readToEnd();
            rig.awaitConnections(1);
        }
    }

    @Test
    void floodOfPingsEndsTheConnection() throws Exception {
        floodEnds(Http2Peer.bytes(Http2Peer.PING, 0, 0, new byte[8]));
    }

    @Test
    void floodOfSettingsEndsTheConnection() throws Exception {
        floodEnds(Http2Peer.bytes(Http2Peer.SETTINGS, 0, 0, new byte[]{0, 4, 0, 0, 1, 0}));
    }

    @Test
    void floodOfWindowUpdatesEndsTheConnection() throws Exception {
        floodEnds(Http2Peer.bytes(Http2Peer.WINDOW_UPDATE, 0, 0, Http2Peer.number(1)));
    }

    private void floodEnds(byte[] frame) throws Exception {
        try (Http2Peer attacker = rig.client()) {
            int frames = 2 * 1024 * 1024 / frame.length;
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    attacker.readQuietly();
                } catch (IOException e) {
                    // the end of the connection, which is what is waited for
                }
            });
            send(attacker, frames, i -> frame);
            reader.join();
            assertEnded(attacker);
            rig.awaitConnections(1);
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.MALFORMED, 1L);
        }
    }

    @Test
    void floodOfContinuationsEndsTheConnection() throws Exception {
        try (Http2Peer attacker = rig.client()) {
            attacker.frame(Http2Peer.HEADERS, 0, 1,
                    Http2Peer.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "h"));
            send(attacker, PIECES, i -> Http2Peer.bytes(Http2Peer.CONTINUATION, 0, 1, Http2Peer.block("a", "b")));
            attacker.readToEnd();
            assertEnded(attacker);
            rig.awaitConnections(1);
        }
    }

    @Test
    void emptyDataWithoutEndEndsTheConnection() throws Exception {
        try (Http2Peer attacker = rig.client()) {
            attacker.call(1, "/");
            send(attacker, PIECES, i -> Http2Peer.bytes(Http2Peer.DATA, 0, 1, new byte[0]));
            attacker.readToEnd();
            assertEnded(attacker);
            rig.awaitConnections(1);
        }
    }

    @Test
    void headerListOverTheLimitIsAnsweredAndReachesNoServer() throws Exception {
        try (Http2Peer attacker = rig.client()) {
            byte[] block = Http2Peer.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "h", "x",
                    "y".repeat(70 * 1024));
            attacker.frame(Http2Peer.HEADERS, Http2Peer.END_STREAM, 1, Arrays.copyOf(block, 16 * 1024));
            for (int at = 16 * 1024; at < block.length; at += 16 * 1024) {
                int end = Math.min(block.length, at + 16 * 1024);
                attacker.frame(Http2Peer.CONTINUATION, end == block.length ? Http2Peer.END_HEADERS : 0, 1,
                        Arrays.copyOfRange(block, at, end));
            }
            assertThat(attacker.answer(1).status()).isEqualTo("431");
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.TOO_LARGE, 1L);
            assertThat(rig.server.calls()).hasSize(1);
        }
    }

    @Test
    void zeroWindowsHoldWhatTheyMayAndNoMore() throws Exception {
        Http2FakeServer generous = Http2FakeServer.answering(call -> {
            call.begin();
            call.data("x".repeat(Http2Uploads.FIRST_WINDOW));
        });
        GateBudget budget = GateBudget.of(1024L * 1024, 1000);
        try (Http2Rig small = new Http2Rig(generous, settings -> settings, budget);
                Http2Peer attacker = Http2Peer.dial(small.gate.port())) {
            attacker.write(Http2Peer.PREFACE.getBytes(StandardCharsets.US_ASCII));
            attacker.frame(Http2Peer.SETTINGS, 0, 0, new byte[]{0, 4, 0, 0, 0, 0});
            for (int i = 0; i < 100; i++) {
                attacker.call(2 * i + 1, "/");
            }
            // What found no room has an answer; what is in flight has not.
            int refused = 0;
            while (refused + small.inFlight() < 100) {
                Http2Peer.Frame frame = attacker.next();
                refused += frame.type() == Http2Peer.HEADERS && frame.has(Http2Peer.END_STREAM) ? 1 : 0;
            }
            assertThat(refused).isPositive();
            assertThat(small.gate.counts().refused()).containsEntry(Refusal.MEMORY, (long) refused);
            assertThat(budget.heldBytes()).isLessThanOrEqualTo(budget.limitBytes());
            attacker.leave();
            assertThat(small.isBalanced()).isTrue();
            small.awaitConnections(0);
            assertThat(budget.heldBytes()).isZero();
        }
    }

    /** The gate has said why, unless what it had not read yet made the end of the connection a reset. */
    private void assertEnded(Http2Peer attacker) {
        assertThat(attacker.goAwayCodes()).isSubsetOf(ENHANCE_YOUR_CALM);
        assertThat(rig.gate.counts().refused().get(Refusal.MALFORMED)).isPositive();
    }

    /** What is sent again and again. */
    @FunctionalInterface
    private interface Piece {
        byte[] number(int i) throws IOException;
    }

    private static void send(Http2Peer attacker, int count, Piece piece) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        try {
            for (int i = 0; i < count; i++) {
                block.writeBytes(piece.number(i));
                if (block.size() > 32 * 1024 || i == count - 1) {
                    attacker.write(block.toByteArray());
                    block.reset();
                }
            }
        } catch (SocketException ended) {
            // The gate has ended the connection before all was sent.
        }
    }
}
