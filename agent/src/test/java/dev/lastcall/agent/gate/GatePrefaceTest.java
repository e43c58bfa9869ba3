// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.time.Duration;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** HTTP/2's preface at a gate that does not speak it, and requests of HTTP/1.1 that begin like it. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GatePrefaceTest {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";

    @Test
    void prefaceIsAnsweredCountedAndDoesNotReachTheServer() throws IOException {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("no"))) {
            Peer.Answer answer = rig.ask(PREFACE + SETTINGS);

            assertThat(answer.status()).isEqualTo(505);
            assertThat(answer.body()).contains("HTTP/2 is not enabled");
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.HTTP2, 1L);
            assertThat(rig.gate.counts().refusedTotal()).isEqualTo(1);
            assertThat(rig.upstream.connections()).isZero();
        }
    }

    @Test
    void prefaceIsKnownHoweverItIsCut() throws IOException {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok("no")); Peer client = rig.client()) {
            for (int i = 0; i < PREFACE.length(); i++) {
                client.send(PREFACE.substring(i, i + 1));
            }
            assertThat(client.answer().status()).isEqualTo(505);
            assertThat(rig.gate.counts().refused()).containsEntry(Refusal.HTTP2, 1L);
        }
    }

    @Test
    void requestsThatBeginLikeThePrefacePass() throws IOException {
        try (GateRig rig = GateRig.answering(request -> FakeUpstream.ok(request.body()))) {
            for (String request : new String[]{GateRig.post("/", "abc"), "PRI /x HTTP/1.1\r\nHost: h\r\n\r\n"}) {
                try (Peer client = rig.client()) {
                    client.send(request.substring(0, 1));
                    client.send(request.substring(1, 3));
                    client.send(request.substring(3));
                    assertThat(client.answer().status()).isEqualTo(200);
                }
            }
            assertThat(rig.upstream.requests()).hasSize(2);
        }
    }

    @Test
    void clientThatStopsInsideThePrefaceIsNotKept() throws IOException {
        GateSettings.Times fast = GateSettings.Times.DEFAULT;
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("no")),
                settings -> settings.with(new GateSettings.Times(fast.connect(), Duration.ofMillis(50),
                        fast.requestBody(), fast.clientIdle(), fast.pooledIdle(), fast.linger())));
                Peer client = rig.client()) {
            client.send("PRI * HT");
            assertThat(client.answer().status()).isEqualTo(408);
        }
    }
}
