// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.PooledByteBufAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Back-pressure, clients that leave, and whether the count is exact through all of it. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateFlowTest {

    private static final int HELD_BYTES = 24 * 1024 * 1024;

    @Test
    void clientThatDoesNotReadStopsTheServerAndNothingPilesUpHere() throws Exception {
        AtomicLong sent = new AtomicLong();
        long directBefore = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "x".repeat(64 * 1024);
            for (int i = 0; i < 700; i++) {
                peer.sendChunk(chunk);
                sent.addAndGet(chunk.length());
            }
            peer.send("0\r\n\r\n");
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            awaitStill(sent);

            assertThat(sent.get()).isLessThan(HELD_BYTES);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - directBefore)
                    .isLessThan(12 * 1024 * 1024);
            assertThat(client.answer().body()).hasSize(700 * 64 * 1024);
        }
    }

    @Test
    void serverThatDoesNotReadStopsTheClient() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (GateRig rig = GateRig.playing(peer -> {
            peer.readHead();
            Awaitility.await().atMost(15, TimeUnit.SECONDS).until(() -> sent.get() < 0);
        }); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] piece = new byte[64 * 1024];
                try {
                    while (sent.get() < 1_000_000_000 && sent.get() >= 0) {
                        client.send(piece);
                        sent.addAndGet(piece.length);
                    }
                } catch (IOException e) {
                    // The test is over.
                }
            });
            awaitStill(sent);

            assertThat(sent.get()).isLessThan(HELD_BYTES);
            sent.set(Long.MIN_VALUE);
            sender.interrupt();
        }
    }

    /** Waits until a number has not changed for a while: its writer is stopped. */
    private static void awaitStill(AtomicLong number) {
        long[] last = {-1, 0};
        Awaitility.await().atMost(15, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(300)).until(() -> {
            boolean still = last[0] == number.get() && last[0] > 0;
            last[0] = number.get();
            return still;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"})
    void clientThatLeavesAbortsTheServersWorkAtOnce(String begun) throws Exception {
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send(begun);
            peer.endsInOrder();
        }); Peer client = rig.client()) {
            client.send(GateRig.post("/", "{}"));
            Awaitility.await().until(() -> rig.upstream.requests().size() == 1);
            client.leave();

            rig.awaitInFlight(0);
            Awaitility.await().atMost(2, TimeUnit.SECONDS).until(() -> rig.upstream.openConnections() == 0);
            assertThat(rig.gate.counts().clientGone()).isEqualTo(1);
        }
    }

    @Test
    void countIsExactThroughAStormOfDisconnects() throws Exception {
        try (GateRig rig = GateRig.answering(request -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Peer.chunk("a".repeat(3000)).repeat(5) + "0\r\n\r\n");
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int seed = i;
                ends.add(clients.submit(() -> disturb(rig, new Random(seed))));
            }
            for (Future<?> end : ends) {
                end.get(30, TimeUnit.SECONDS);
            }
            rig.awaitInFlight(0);
            rig.awaitConnections(0);

            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().admitted()).isPositive();
            assertThat(rig.gate.counts().lost()).isZero();
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(200);
        }
    }

    /** Breaks off a request somewhere, in one of the ways there are. */
    private static void disturb(GateRig rig, Random random) {
        String request = random.nextBoolean()
                ? GateRig.get("/").repeat(1 + random.nextInt(3))
                : GateRig.post("/", "b".repeat(random.nextInt(5000)));
        try (Peer client = rig.client()) {
            client.send(request.substring(0, random.nextInt(request.length()) + 1));
            switch (random.nextInt(4)) {
                case 0 -> client.reset();
                case 1 -> client.closeOutput();
                case 2 -> {
                    client.readBytes(1 + random.nextInt(200));
                    client.reset();
                }
                default -> {
                }
            }
        } catch (IOException e) {
            // A reset may hit the client's own next step.
        }
    }
}
