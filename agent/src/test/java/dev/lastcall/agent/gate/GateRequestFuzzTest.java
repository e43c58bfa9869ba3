// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.Random;

import dev.lastcall.agent.gate.ReferenceParser.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a client sends, the server gets exactly the requests that a strict reading of RFC 9112 finds in it, up to the
 * first that is malformed, and nothing else: no request is smuggled, and none is repaired.
 */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings({"StringConcatToTextBlock", "NullAway.Init"})
class GateRequestFuzzTest {

    private static FuzzRig rig;

    @BeforeAll
    static void begin() throws IOException {
        rig = new FuzzRig(GateRequestFuzzTest::answer);
    }

    @AfterAll
    static void end() throws IOException {
        rig.close();
    }

    private static boolean answer(Message request, Socket to) throws IOException {
        String body = request.first().equals("HEAD") ? "" : "ok";
        to.getOutputStream().write(ReferenceParser.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body));
        return true;
    }

    @Test
    void serverGetsWhatTheReferenceReadsAndNothingElse() {
        FuzzRig.fuzz(seed -> {
            Random random = new Random(seed);
            holds(new RequestFuzz(random).sequence(), random);
        });
    }

    @Test
    void requestsThatAreRightAllArrive() {
        FuzzRig.fuzz(seed -> {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                text.append(RequestFuzz.right(random));
            }
            assertThat(holds(ReferenceParser.bytes(text + RequestFuzz.LAST), random)).isEqualTo(count + 1);
        });
    }

    @ParameterizedTest
    @MethodSource("dev.lastcall.agent.gate.SmugglingCorpus#refused")
    void requestThatTwoServersCouldReadInTwoWaysNeverArrives(String request) {
        byte[] bytes = ReferenceParser.bytes(request + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(ReferenceParser.requests(bytes)).isEmpty();
        assertThat(holds(bytes, new Random(1))).isZero();
    }

    @ParameterizedTest
    @MethodSource("dev.lastcall.agent.gate.SmugglingCorpus#taken")
    void requestThatOnlyLooksOddArrivesAsItIs(String request) {
        byte[] bytes = ReferenceParser.bytes(request + RequestFuzz.LAST);

        assertThat(ReferenceParser.requests(bytes)).hasSize(2);
        assertThat(holds(bytes, new Random(1))).isEqualTo(2);
    }

    /** Sends the bytes, and holds what arrives against the reference; how many requests arrived whole. */
    private static int holds(byte[] bytes, Random random) {
        try {
            rig.takeArrived();
            byte[] answer = rig.talk(bytes, random);
            List<Message> read = ReferenceParser.requests(bytes);
            List<Message> arrived = rig.takeArrived();
            assertThat(arrived.size()).as("arrived of " + show(bytes) + "\nanswered " + show(answer))
                    .isLessThanOrEqualTo(read.size());
            for (int i = 0; i < arrived.size(); i++) {
                assertSame(read.get(i), arrived.get(i), bytes);
            }
            return arrived.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSame(Message request, Message arrived, byte[] bytes) {
        assertThat(arrived.first() + " " + arrived.path()).as("of " + show(bytes))
                .isEqualTo(request.first() + " " + request.path());
        assertThat(arrived.body()).as("body of " + show(bytes)).isEqualTo(request.body());
        if (!request.host().isEmpty()) {
            assertThat(arrived.host()).as("host of " + show(bytes)).isEqualTo(request.host());
        }
        for (ReferenceParser.Field field : arrived.fields()) {
            boolean ofTheGate = Field.of(field.name()) != Field.OTHER;
            assertThat(ofTheGate || request.fields().contains(field)).as(field + " of " + show(bytes)).isTrue();
        }
        assertThat(request.trailers()).as("trailers of " + show(bytes)).containsAll(arrived.trailers());
    }

    private static String show(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).replace("\r", "\\r")
                .replace("\n", "\\n\n")
                .replace("\0", "\\0");
    }
}
