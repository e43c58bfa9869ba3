// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a server sends, each client gets its own answer, whole, or an honest error; and the client whose request comes
 * next gets its own too: never a byte of what another answer left over.
 */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings({"StringConcatToTextBlock", "NullAway.Init"})
class GateResponseFuzzTest {

    private static final Map<String, ResponseFuzz> PLANNED = new ConcurrentHashMap<>();
    private static final AtomicLong IDS = new AtomicLong();

    private static FuzzRig rig;

    @BeforeAll
    static void begin() throws IOException {
        rig = new FuzzRig(GateResponseFuzzTest::answer);
    }

    @AfterAll
    static void end() throws IOException {
        rig.close();
    }

    private static boolean answer(ReferenceParser.Message request, Socket to) throws IOException {
        String id = request.values("x-id").getFirst();
        ResponseFuzz planned = PLANNED.get(id);
        if (planned == null) {
            to.getOutputStream()
                    .write(ReferenceParser.bytes(
                            "HTTP/1.1 200 OK\r\nContent-Length: " + id.length() + "\r\nX-Of: " + id + "\r\n\r\n" + id));
            return true;
        }
        to.getOutputStream().write(ReferenceParser.bytes(planned.bytes()));
        if (planned.ends() == ResponseFuzz.Ends.RESETS) {
            to.setSoLinger(true, 0);
        }
        return planned.ends() == ResponseFuzz.Ends.STAYS;
    }

    @Test
    void eachClientGetsItsOwnAnswerOrAnHonestError() {
        FuzzRig.fuzz(seed -> {
            Random random = new Random(seed);
            String id = "f" + IDS.incrementAndGet();
            ResponseFuzz planned = ResponseFuzz.of(id, random);
            PLANNED.put(id, planned);
            try {
                judge(planned, id, ask(id, planned.toHead() ? "HEAD" : "GET"));
                for (int i = 0; i < 2; i++) {
                    String next = "n" + IDS.incrementAndGet();
                    Got got = ask(next, "GET");
                    assertThat(got.body()).as("after " + show(planned) + " the next client got " + got.bytes())
                            .isEqualTo(next);
                    assertThat(got.of()).isEqualTo(next);
                }
            } finally {
                PLANNED.remove(id);
            }
        });
    }

    private static void judge(ResponseFuzz planned, String id, Got got) {
        String seen = "of " + show(planned) + " the client got " + got.bytes();
        boolean gates = got.status() == 502;
        if (got.body() != null && !gates) {
            assertThat(got.body()).as(seen).isEqualTo(planned.whole());
            assertThat(got.of()).as(seen).isEqualTo(id);
        }
        if (planned.sure()) {
            assertThat(got.body()).as(seen).isNotNull();
            assertThat(gates).as(seen).isFalse();
        }
        assertThat(got.bytes()).as(seen).doesNotContain("foreign").doesNotContain("no-request");
    }

    /**
     * What a client got.
     *
     * @param bytes all of it
     * @param status 0 if there was no answer
     * @param of whose answer it says it is
     * @param body null if the answer was not whole, as its framing shows
     */
    private record Got(String bytes, int status, String of, @Nullable String body) {}

    private static Got ask(String id, String method) {
        ByteArrayOutputStream into = new ByteArrayOutputStream();
        boolean inOrder;
        try (Socket socket = rig.open()) {
            socket.getOutputStream()
                    .write(ReferenceParser.bytes(
                            method + " / HTTP/1.1\r\nHost: h\r\nX-Id: " + id + "\r\nConnection: close\r\n\r\n"));
            inOrder = FuzzRig.read(socket, into);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String bytes = into.toString(StandardCharsets.ISO_8859_1);
        ReferenceParser parser = new ReferenceParser(into.toByteArray());
        try {
            ReferenceParser.Message answer = parser.response(method.equals("HEAD"), inOrder);
            assertThat(parser.isAtEnd()).as("nothing after the answer: " + bytes).isTrue();
            return new Got(bytes, answer.status(), String.join("|", answer.values("x-of")), answer.body());
        } catch (ReferenceParser.IncompleteException e) {
            assertThat(inOrder && into.size() > 0).as("an answer that is not whole ends by a reset: " + bytes)
                    .isFalse();
            return new Got(bytes, 0, "", null);
        } catch (ReferenceParser.MalformedException e) {
            throw new AssertionError("the client got what is malformed (" + e.getMessage() + "): " + bytes, e);
        }
    }

    private static String show(ResponseFuzz planned) {
        return planned.toString().replace("\r", "\\r").replace("\n", "\\n");
    }
}
