// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.time.Duration;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Between a notice and the closing of the door routers are sent away, and whoever comes all the same is served. */
class GateAnnouncementTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    private static GateRig rig(DoorRules.At at) throws IOException {
        return new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("served")),
                settings -> settings.with(DoorRules.DEFAULT.with(at)));
    }

    private static void measure(GateRig rig, String path) throws IOException {
        try (Peer client = rig.client()) {
            for (int i = 0; i < RouteDurations.LEAST_REQUESTS; i++) {
                client.send(GateRig.post(path, "{}"));
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
        rig.awaitInFlight(0);
    }

    @Test
    void aRequestIsServedAndItsConnectionEnds() throws Exception {
        try (GateRig rig = rig(DoorRules.At.SETTLE); Peer kept = rig.client()) {
            kept.send(GateRig.get("/"));
            assertThat(kept.answer().status()).isEqualTo(200);
            rig.gate.announceClosing(System.nanoTime() + HOUR);

            kept.send(GateRig.post("/v1/completions", "{}"));
            Peer.Answer answer = kept.answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("served");
            assertThat(answer.head()).containsIgnoringCase("Connection: close");
            assertThat(kept.endsInOrder()).isTrue();
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().late()).isEqualTo(new GateCounts.Late(true, 1, 1, 0, 0));
        }
    }

    @Test
    void healthFailsAndLivenessPasses() throws Exception {
        try (GateRig rig = rig(DoorRules.At.SETTLE)) {
            rig.gate.announceClosing(System.nanoTime() + HOUR);

            assertThat(rig.ask(GateRig.get("/health")).status()).isEqualTo(503);
            assertThat(rig.ask(GateRig.get("/livez")).status()).isEqualTo(200);
            assertThat(rig.gate.counts().failedProbes()).isEqualTo(1);
            assertThat(rig.gate.counts().refusedTotal()).isZero();
        }
    }

    @Test
    void aRouteIsLetInByHowLongItTookLately() throws Exception {
        try (GateRig rig = rig(DoorRules.At.AUTO)) {
            measure(rig, "/quick");
            rig.gate.announceClosing(System.nanoTime() + HOUR);

            assertThat(rig.ask(GateRig.post("/quick?a=b", "{}")).status()).isEqualTo(200);
            assertThat(rig.ask(GateRig.post("/never-seen", "{}")).status()).isEqualTo(503);
            assertThat(rig.ask("GET /quick HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
                    .status()).isEqualTo(503);
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.DRAINING, 2L);
        }
    }

    @Test
    void nothingIsLetInThatWouldNotBeOverBeforeTheCut() throws Exception {
        try (GateRig rig = rig(DoorRules.At.AUTO)) {
            measure(rig, "/quick");
            rig.gate.announceClosing(System.nanoTime());

            assertThat(rig.ask(GateRig.post("/quick", "{}")).status()).isEqualTo(503);
            assertThat(rig.gate.counts().late().admitted()).isZero();
        }
    }

    @Test
    void theDoorSaysWhetherRequestsMayGoOnAfterANotice() throws Exception {
        try (GateRig now = rig(DoorRules.At.NOW);
                GateRig settle = rig(DoorRules.At.SETTLE);
                GateRig auto = rig(DoorRules.At.AUTO)) {
            assertThat(now.gate.lettingIn()).isEmpty();
            assertThat(settle.gate.lettingIn()).contains(Duration.ZERO);
            assertThat(auto.gate.lettingIn()).isEmpty();
            measure(auto, "/quick");
            assertThat(auto.gate.lettingIn()).isPresent();
        }
    }

    @Test
    void theDoorClosesAfterItAndOpensAgain() throws Exception {
        try (GateRig rig = rig(DoorRules.At.SETTLE)) {
            rig.gate.announceClosing(System.nanoTime() + HOUR);
            rig.gate.closeDoor();
            assertThat(rig.ask(GateRig.post("/", "{}")).status()).isEqualTo(503);
            rig.gate.openDoor();
            Peer.Answer answer = rig.ask(GateRig.post("/", "{}"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head()).doesNotContainIgnoringCase("Connection: close");

            rig.gate.announceClosing(System.nanoTime() + HOUR);
            rig.gate.openDoor();
            assertThat(rig.ask(GateRig.get("/health")).status()).isEqualTo(200);
            assertThat(rig.gate.counts().late()).isEqualTo(new GateCounts.Late(false, 0, 0, 0, 0));
        }
    }
}
