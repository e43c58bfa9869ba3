// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** However the network chops requests and answers, the same arrives. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateChopTest {

    private static final GateRigHolder HOLDER = new GateRigHolder();

    /** The rig that all tries share. */
    private static final class GateRigHolder {
        private @Nullable GateRig rig;

        GateRig rig() {
            if (rig == null) {
                throw new IllegalStateException("not begun");
            }
            return rig;
        }
    }

    @BeforeContainer
    static void begin() throws IOException {
        HOLDER.rig = GateRig.playing(peer -> {
            for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
                int seed = Integer.parseInt(request.fields("x-seed").getFirst());
                sendChopped(peer, answerTo(request.body(), new Random(seed)), new Random(seed));
            }
        });
    }

    @AfterContainer
    static void end() throws IOException {
        HOLDER.rig().close();
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void anyChopOfBytesArrivesTheSame(@ForAll @IntRange(min = 1, max = 1_000_000) int seed) throws IOException {
        Random random = new Random(seed);
        try (Peer client = HOLDER.rig().client()) {
            for (int i = 0; i < 3; i++) {
                String body = text(random, 3000);
                sendChopped(client, request(body, random, seed), random);
                Peer.Answer answer = client.answer();

                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("<" + body + ">");
            }
        }
    }

    private static String request(String body, Random random, int seed) {
        String head = "POST /" + seed + " HTTP/1.1\r\nHost: h\r\nX-Seed: " + seed + "\r\n";
        return random.nextBoolean()
                ? head + "Content-Length: " + body.length() + "\r\n\r\n" + body
                : head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, random);
    }

    private static String answerTo(String body, Random random) {
        String text = "<" + body + ">";
        return random.nextBoolean()
                ? FakeUpstream.ok(text)
                : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunked(text, random);
    }

    private static String chunked(String text, Random random) {
        StringBuilder chunks = new StringBuilder();
        for (int at = 0; at < text.length();) {
            int next = Math.min(text.length(), at + 1 + random.nextInt(400));
            chunks.append(Peer.chunk(text.substring(at, next)));
            at = next;
        }
        return chunks.append("0\r\n\r\n").toString();
    }

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most); left > 0; left--) {
            text.append("\r\n0123456789abcdef:data".charAt(random.nextInt(22)));
        }
        return text.toString();
    }

    private static void sendChopped(Peer to, String bytes, Random random) throws IOException {
        int piece = 1 + random.nextInt(200);
        for (int at = 0; at < bytes.length();) {
            int next = Math.min(bytes.length(), at + 1 + random.nextInt(piece));
            to.send(bytes.substring(at, next));
            at = next;
        }
    }
}
