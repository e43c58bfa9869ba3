// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What strangers can make a gate keep has a bound, and who asks for little is served all the same. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateBoundsTest {

    private static final long LIMIT = 2 * 1024 * 1024;
    private static final int MANY = 1000;

    /** A head of some 60 kB in fields that are each within the limits, without its end. */
    private static final String HALF_HEAD = "GET / HTTP/1.1\r\nHost: h\r\n"
            + ("X: " + "b".repeat(310) + "\r\n").repeat(190);

    private static GateRig rig(FakeUpstream.Script script, GateBudget budget) throws IOException {
        return new GateRig(new FakeUpstream(script), settings -> settings, budget);
    }

    private static void answerAll(Peer peer) throws IOException {
        for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
            peer.send(FakeUpstream.ok("x"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "127.0.0.1"})
    void halfHeadsMakeRoomForRequests(String stranger) throws Exception {
        TestTls.plainOnly("the budget is made for connections without TLS");
        GateBudget budget = GateBudget.of(LIMIT, MANY);
        List<Peer> strangers = new ArrayList<>();
        try (GateRig rig = rig(GateBoundsTest::answerAll, budget); Peer kept = rig.client()) {
            kept.send(GateRig.get("/"));
            assertThat(kept.answer().status()).isEqualTo(200);
            for (int i = 0; i < 100; i++) {
                Peer peer = Peer.connectFrom(stranger, rig.gate.port());
                strangers.add(peer);
                sendAnyway(peer, HALF_HEAD);
                if (i % 10 == 0) {
                    assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(200);
                }
            }
            assertThat(budget.heldBytes()).isLessThanOrEqualTo(LIMIT + LIMIT / 8);
            assertThat(rig.gate.counts().refused().get(Refusal.MEMORY)).isPositive();
            assertThat(strangers.getFirst().answer().body()).contains("gate_memory");
        } finally {
            for (Peer peer : strangers) {
                peer.close();
            }
        }
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> budget.heldBytes() == 0);
    }

    private static void sendAnyway(Peer peer, String bytes) {
        try {
            peer.send(bytes);
        } catch (IOException e) {
            // The gate may end it while it still sends.
        }
    }

    @Test
    void requestsInFlightAreNeverEndedForWantOfRoomAndNewOnesAreRefused() throws Exception {
        TestTls.plainOnly("the budget is made for connections without TLS");
        GateBudget budget = GateBudget.of(LIMIT, MANY);
        CountDownLatch go = new CountDownLatch(1);
        List<Peer> clients = new ArrayList<>();
        int count = 400;
        try (GateRig rig = rig(peer -> {
            peer.read();
            go.await();
            peer.send(FakeUpstream.ok("x"));
        }, budget)) {
            for (int i = 0; i < count; i++) {
                Peer client = rig.client();
                clients.add(client);
            }
            rig.awaitConnections(count);
            for (Peer client : clients) {
                client.send(GateRig.get("/"));
            }
            Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> {
                GateCounts counts = rig.gate.counts();
                return counts.admitted() + counts.refusedTotal() == count
                        && rig.upstream.requests().size() == counts.admitted();
            });
            assertThat(budget.heldBytes()).isLessThanOrEqualTo(LIMIT);
            go.countDown();
            int served = 0;
            for (Peer client : clients) {
                int status = client.answer().status();
                assertThat(status).isIn(200, 503);
                served += status == 200 ? 1 : 0;
            }
            assertThat(served).isBetween(100, count - 1);
            // A client can have its answer before the gate has looked whether the kernel sent it.
            long whole = served;
            Awaitility.await()
                    .atMost(10, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(rig.gate.counts().completed()).isEqualTo(whole));
            assertThat(rig.isBalanced()).isTrue();
        } finally {
            for (Peer client : clients) {
                client.close();
            }
        }
    }

    @Test
    void clientsWaitInTheKernelWhileThereAreNoDescriptors() throws Exception {
        TestTls.plainOnly("a client of TLS waits for its handshake");
        GateBudget budget = GateBudget.of(LIMIT, 2);
        try (GateRig rig = rig(GateBoundsTest::answerAll, budget); Peer first = rig.client()) {
            first.send(GateRig.get("/"));
            assertThat(first.answer().status()).isEqualTo(200);
            try (Peer second = rig.client(); Peer third = rig.client()) {
                second.send(GateRig.get("/"));
                assertThat(second.answer().status()).isEqualTo(200);
                third.send(GateRig.get("/"));
                Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
                assertThat(rig.gate.counts().connections()).isEqualTo(2);
                first.leave();

                assertThat(third.answer().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientThatLeavesBehindAStalledUploadIsNoticed(boolean inOrder) throws Exception {
        TestTls.plainOnly("Java's TLS cannot be closed while it writes");
        AtomicLong sent = new AtomicLong();
        try (GateRig rig = GateRig.playing(peer -> {
            peer.readHead();
            Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> sent.get() < 0);
            peer.endsInOrder();
        }); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (; sent.get() >= 0; sent.addAndGet(64 * 1024)) {
                        client.send(new byte[64 * 1024]);
                    }
                } catch (IOException e) {
                    // It has left.
                }
            });
            long[] last = {-1};
            Awaitility.await()
                    .atMost(15, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> last[0] == (last[0] = sent.get()) && last[0] > 0);
            if (inOrder) {
                client.leave();
            } else {
                client.reset();
            }

            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().clientGone()).isEqualTo(1);
            sent.set(Long.MIN_VALUE);
            sender.interrupt();
            Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> rig.upstream.openConnections() == 0);
        }
    }

    @Test
    void endThatTheServerSendsBehindAnAnswerDoesNotBringAllOfItHere() throws Exception {
        AtomicLong taken = new AtomicLong();
        FakeUpstream.Script untilItIsStopped = peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            for (byte[] piece = new byte[64 * 1024];; taken.addAndGet(piece.length)) {
                peer.send(piece);
            }
        };
        GateBudget budget = GateBudget.of(64 * LIMIT, MANY);
        try (GateRig rig = rig(untilItIsStopped, budget)) {
            try (Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
                client.send(GateRig.get("/"));
                awaitStill(taken);
                client.reset();
            }
            int size = (int) (taken.get() * 3 / 4);
            CountDownLatch sent = new CountDownLatch(1);
            rig.upstream.play(peer -> {
                peer.read();
                peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + size + "\r\n\r\n");
                peer.send(new byte[size]);
                peer.closeOutput();
                sent.countDown();
                peer.endsInOrder();
            });
            try (Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
                client.send(GateRig.get("/"));
                assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
                long[] most = {0};
                Awaitility.await().pollDelay(Duration.ofMillis(800)).until(() -> {
                    most[0] = Math.max(most[0], budget.heldBytes());
                    return true;
                });
                // TLS encrypts at once what was read at once, and the other half is not encrypted yet.
                assertThat(most[0]).isLessThan((TestTls.isEverywhere() ? 512L : 256L) * 1024);
                assertThat(client.answer().body()).hasSize(size);
                rig.awaitInFlight(0);
                assertThat(rig.gate.counts().completed()).isEqualTo(1);
            }
        }
    }

    /** Waits until a number has not changed for a while: what moves it is stopped. */
    private static void awaitStill(AtomicLong number) {
        long[] last = {-1};
        Awaitility.await().atMost(15, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(300)).until(() -> {
            boolean still = last[0] == number.get() && last[0] > 0;
            last[0] = number.get();
            return still;
        });
    }
}
