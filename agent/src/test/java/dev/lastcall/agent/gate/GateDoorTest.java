// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The door: which requests are let in, how the others are answered, and how connections end. */
class GateDoorTest {

    @Test
    void closedDoorAsksClientsToRetrySoon() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            rig.gate.closeDoor();
            client.send(GateRig.post("/v1/chat/completions", "{}"));
            Peer.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.fields("retry-after")).containsExactly("1");
            assertThat(answer.fields("content-type")).containsExactly("application/json");
            assertThat(answer.saysClose()).isTrue();
            assertThat(answer.body()).startsWith("{\"error\":{\"message\":\"")
                    .contains("\"code\":\"node_draining\"",
                            "\"type\":\"service_unavailable\"");
            assertThat(client.endsInOrder()).isTrue();
            assertThat(rig.upstream.requests()).isEmpty();
            assertThat(rig.gate.counts().refused().get(Refusal.DRAINING)).isEqualTo(1);
        }
    }

    /** Which server it is may be known only after the first clients have come. */
    @Test
    void probePathsThatAreLearnedLaterCountAsSuch() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("alive"))) {
            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(200);
            rig.gate.treatAsProbes(List.of("/-/healthz", "/metrics"), List.of("/", "/health"));
            rig.gate.closeDoor();

            assertThat(rig.ask(GateRig.get("/")).body()).isEqualTo("alive");
            assertThat(rig.ask(GateRig.get("/metrics")).status()).isEqualTo(200);
            assertThat(rig.ask(GateRig.get("/health")).status()).isEqualTo(503);
            assertThat(rig.ask(GateRig.get("/-/healthz")).status()).isEqualTo(503);
            assertThat(rig.gate.counts().refusedTotal()).isZero();
        }
    }

    @Test
    void requestThatWasLetInFinishesAndEndsItsConnection() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            closed.await();
            peer.send(FakeUpstream.ok("done"));
            peer.read();
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            rig.awaitInFlight(1);
            rig.gate.closeDoor();
            assertThat(rig.inFlight()).isEqualTo(1);
            closed.countDown();
            Peer.Answer answer = client.answer();

            assertThat(answer.body()).isEqualTo("done");
            assertThat(answer.saysClose()).isTrue();
            assertThat(client.endsInOrder()).isTrue();
            rig.awaitInFlight(0);
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> rig.upstream.openConnections() == 0);
        }
    }

    @Test
    void headThatIsReadAfterTheClosingIsRefusedHoweverEarlyItBegan() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n");
            rig.awaitConnections(1);
            rig.gate.closeDoor();
            client.send("\r\n");

            assertThat(client.answer().status()).isEqualTo(503);
        }
    }

    @Test
    void bodyMayStillComeAfterTheClosing() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(request.body())); Peer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello");
            rig.awaitInFlight(1);
            rig.gate.closeDoor();
            client.send("world");

            assertThat(client.answer().body()).isEqualTo("helloworld");
        }
    }

    @Test
    void nextRequestOnAConnectionIsRefusedAfterTheClosing() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            assertThat(client.answer().status()).isEqualTo(200);
            rig.gate.closeDoor();
            client.send(GateRig.get("/"));

            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @Test
    void pipelinedRequestThatWasReadBeforeIsServedAndOneReadAfterIsRefused() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
                go.await();
                peer.send(FakeUpstream.ok(request.line()));
            }
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/1") + GateRig.get("/2"));
            rig.awaitInFlight(2);
            rig.gate.closeDoor();
            go.countDown();

            assertThat(client.answer().body()).contains("/1");
            Peer.Answer second = client.answer();
            assertThat(second.body()).contains("/2");
            assertThat(second.saysClose()).isTrue();
            assertThat(client.endsInOrder()).isTrue();
            rig.awaitInFlight(0);
            assertThat(rig.isBalanced()).isTrue();
        }
    }

    @Test
    void healthFailsWhileClosedAndLivenessAndMetricsPass() throws Exception {
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("up")), settings -> settings
                .with(new GateSettings.Paths(Set.of("/health"), Set.of("/live"), Set.of("/metrics"))))) {
            assertThat(rig.ask(GateRig.get("/health")).status()).isEqualTo(200);
            rig.gate.closeDoor();

            assertThat(rig.ask(GateRig.get("/health?x")).status()).isEqualTo(503);
            assertThat(rig.ask("HEAD /health HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(503);
            assertThat(rig.ask(GateRig.get("/live")).status()).isEqualTo(200);
            assertThat(rig.ask(GateRig.get("/metrics?name=a")).body()).isEqualTo("up");
            assertThat(rig.ask(GateRig.get("/metrics/../v1")).status()).isEqualTo(503);
            assertThat(rig.gate.counts().passed()).isEqualTo(2);
            assertThat(rig.gate.counts().failedProbes()).isEqualTo(2);
            assertThat(rig.gate.counts().refusedTotal()).isEqualTo(1);

            rig.gate.openDoor();
            assertThat(rig.ask(GateRig.get("/health")).status()).isEqualTo(200);
        }
    }

    @Test
    void liveAndMetricsAreNotInFlight() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            go.await();
            peer.send(FakeUpstream.ok("m"));
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/metrics"));
            Awaitility.await().until(() -> rig.upstream.requests().size() == 1);

            assertThat(rig.inFlight()).isZero();
            go.countDown();
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void whatGoesOnAfterTheClosingIsMeasured() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (GateRig rig = GateRig.playing(peer -> {
            peer.read();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            closed.await();
            peer.send("world");
        }); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            client.readUntil("hello");
            Awaitility.await().until(() -> rig.gate.counts().oldestInFlight().isPositive());
            assertThat(rig.gate.counts().bytesAfterClosed()).isZero();
            rig.gate.closeDoor();
            closed.countDown();
            client.readUntil("world");

            rig.awaitInFlight(0);
            assertThat(rig.gate.counts().bytesAfterClosed()).isEqualTo(5);
            assertThat(rig.gate.counts().oldestInFlight()).isZero();
        }
    }

    @Test
    void closingAndOpeningAreIdempotent() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"))) {
            rig.gate.closeDoor();
            rig.gate.closeDoor();
            assertThat(rig.gate.counts().doorClosed()).isTrue();
            rig.gate.openDoor();
            rig.gate.openDoor();

            assertThat(rig.ask(GateRig.get("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void idleConnectionsStayAndTheirNextRequestIsAnswered() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x")); Peer client = rig.client()) {
            client.send(GateRig.get("/"));
            assertThat(client.answer().status()).isEqualTo(200);
            rig.gate.closeDoor();
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> rig.upstream.openConnections() == 0);

            assertThat(client.hasBytes()).isFalse();
            client.send(GateRig.post("/", "{}"));
            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(client.endsInOrder()).isTrue();
        }
    }

    @Test
    void noneOfAThousandKeptConnectionsLosesARequestWhenTheDoorCloses() throws Exception {
        int connections = 1000;
        CountDownLatch running = new CountDownLatch(connections);
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("answer"));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> ends = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                ends.add(clients.submit(() -> sendUntilRefused(rig, running)));
            }
            running.await();
            rig.gate.closeDoor();

            for (Future<String> end : ends) {
                assertThat(end.get(30, TimeUnit.SECONDS)).isIn("refused", "ended before the request");
            }
            rig.awaitInFlight(0);
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().lost()).isZero();
            assertThat(rig.gate.counts().completed()).isEqualTo(rig.gate.counts().admitted());
        }
    }

    /** Sends request after request on one connection; what ended it, which must be honest. */
    private static String sendUntilRefused(GateRig rig, CountDownLatch running) throws Exception {
        try (Peer client = rig.client()) {
            for (int i = 0;; i++) {
                client.send(GateRig.post("/" + i, "body"));
                Peer.Answer answer = client.answer();
                if (i == 0) {
                    running.countDown();
                    running.await();
                }
                if (answer.ending() != Peer.Ending.COMPLETE) {
                    return answer.head().isEmpty() && answer.ending() == Peer.Ending.TRUNCATED
                            ? "ended before the request"
                            : "lost: " + answer;
                }
                if (answer.status() == 503 || answer.saysClose()) {
                    return client.endsInOrder() ? "refused" : "reset after " + answer.status();
                }
                if (!answer.body().equals("answer")) {
                    return "wrong: " + answer;
                }
            }
        }
    }

    @Test
    void gateThatRetiresAnswersAndLetsItsClientsGo() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("x"));
                Peer busy = rig.client();
                Peer idle = rig.client()) {
            busy.send(GateRig.get("/"));
            assertThat(busy.answer().saysClose()).isFalse();
            rig.gate.retire();
            busy.send(GateRig.get("/"));
            Peer.Answer last = busy.answer();

            assertThat(last.status()).isEqualTo(200);
            assertThat(last.saysClose()).isTrue();
            assertThat(busy.endsInOrder()).isTrue();
            assertThat(idle.endsInOrder()).isTrue();
            assertThat(rig.gate.counts().refusedTotal()).isZero();
        }
    }
}
