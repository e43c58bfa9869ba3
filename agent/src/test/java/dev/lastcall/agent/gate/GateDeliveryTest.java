// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What counts as delivered: what the client has, however soon it leaves then; and nothing else. */
class GateDeliveryTest {

    private static final int TRIES = 10;
    /** More than a small buffer holds, less than the kernel takes. */
    private static final String LARGE = "x".repeat(200_000);

    @Test
    void clientThatLeavesAsSoonAsItHasEverythingGotItsAnswer() throws Exception {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(LARGE))) {
            for (int i = 0; i < TRIES; i++) {
                try (Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
                    client.send(GateRig.get("/"));
                    assertThat(client.answer().body()).hasSameSizeAs(LARGE);
                }
            }
            assertThat(rig.isBalanced()).isTrue();
            assertThat(rig.gate.counts().completed()).isEqualTo(TRIES);
            assertThat(rig.gate.counts().clientGone()).isZero();
        }
    }

    @Test
    void clientThatLeavesBeforeItHasEverythingDidNotGetItsAnswer() throws Exception {
        TestTls.plainOnly("Java's TLS reads on to the end when it is closed");
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(LARGE))) {
            for (int i = 0; i < TRIES; i++) {
                try (Peer client = Peer.connectWithSmallBuffer(rig.gate.port())) {
                    client.send(GateRig.get("/"));
                    client.readBytes(10_000);
                }
            }
            Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> rig.gate.counts().clientGone() == TRIES);
            assertThat(rig.gate.counts().completed()).isZero();
            assertThat(rig.isBalanced()).isTrue();
        }
    }
}
