// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LoadGeneratorTest {

    private static final String SSE = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String TOKEN = event("{\"choices\":[{\"text\":\" w\",\"finish_reason\":null}]}");
    private static final String LAST = event(
            "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}],\"usage\":{\"completion_tokens\":2}}");
    private static final String DONE = event("[DONE]");
    private static final String END = "0\r\n\r\n";
    private static final String ANSWER = "{\"choices\":[{\"text\":\" w w\",\"finish_reason\":\"length\"}],"
            + "\"usage\":{\"completion_tokens\":2}}";
    private static final String REFUSAL = "{\"error\":{\"message\":\"node is being reclaimed\",\"code\":\"node_draining\"}}";

    @Test
    void wholeStreamIsComplete() throws Exception {
        assertFate(true, SSE + TOKEN + TOKEN + LAST + DONE + END, Fate.COMPLETE);
    }

    @Test
    void wholePlainAnswerIsComplete() throws Exception {
        assertFate(false, json(200, ANSWER, ""), Fate.COMPLETE);
    }

    @Test
    void usageMayComeInAnEventWithoutChoices() throws Exception {
        String usage = event("{\"choices\":[],\"usage\":{\"completion_tokens\":2}}");
        String last = event("{\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}]}");

        assertFate(true, SSE + TOKEN + last + usage + DONE + END, Fate.COMPLETE);
    }

    @Test
    void serviceUnavailableThatLibrariesRetryIsRefused() throws Exception {
        assertFate(true, json(503, REFUSAL, "Retry-After: 1\r\nConnection: close\r\n"), Fate.REFUSED);
    }

    @Test
    void serviceUnavailableThatNoClientRetriesIsLost() throws Exception {
        assertFate(true, json(503, REFUSAL, ""), Fate.LOST_ERROR);
        assertFate(true, json(503, REFUSAL, "Retry-After: 600\r\n"), Fate.LOST_ERROR);
        assertFate(true, json(503, "out of order", "Retry-After: 1\r\n"), Fate.LOST_ERROR);
        assertFate(false, json(502, REFUSAL, "Retry-After: 1\r\n"), Fate.LOST_ERROR);
    }

    @Test
    void serviceUnavailableForAReclaimedNodeIsCut() throws Exception {
        String reclaimed = REFUSAL.replace("node_draining", "node_reclaimed");

        assertFate(false, json(503, reclaimed, "Retry-After: 1\r\n"), Fate.CUT_UNBEGUN);
    }

    @Test
    void errorEventWithoutDoneIsCut() throws Exception {
        String error = event("{\"error\":{\"message\":\"cut\",\"code\":\"node_reclaimed\"}}");

        assertFate(true, SSE + TOKEN + error + END, Fate.CUT_STREAM);
        assertFate(true, SSE + TOKEN + error, Fate.CUT_STREAM);
    }

    @Test
    void errorEventThatIsFollowedByDoneIsLost() throws Exception {
        String error = event("{\"error\":{\"message\":\"cut\"}}");

        assertFate(true, SSE + TOKEN + error + DONE + END, Fate.LOST_HOLLOW);
    }

    @Test
    void streamThatEndsWithoutDoneIsLost() throws Exception {
        assertFate(true, SSE + TOKEN + END, Fate.LOST_TRUNCATED);
        assertFate(true, SSE + TOKEN + LAST, Fate.LOST_TRUNCATED);
        assertFate(true, SSE + TOKEN + LAST + DONE, Fate.LOST_TRUNCATED);
        assertFate(true, SSE, Fate.LOST_TRUNCATED);
    }

    @Test
    void tooFewTokensAreLost() throws Exception {
        assertFate(true, SSE + TOKEN + LAST.replace(":2", ":1") + DONE + END, Fate.LOST_HOLLOW);
        assertFate(false, json(200, ANSWER.replace(":2", ":1"), ""), Fate.LOST_HOLLOW);
    }

    @Test
    void emptyOrAbortedAnswerIsLost() throws Exception {
        assertFate(false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Fate.LOST_HOLLOW);
        assertFate(false, json(200, ANSWER.replace("length", "abort").replace(" w w", ""), ""), Fate.LOST_HOLLOW);
        assertFate(true, SSE + LAST.replace("length", "abort") + DONE + END, Fate.LOST_HOLLOW);
        assertFate(true, SSE + LAST + DONE + END, Fate.LOST_HOLLOW);
        assertFate(true, SSE + END, Fate.LOST_TRUNCATED);
    }

    @Test
    void connectionThatEndsUnansweredIsLost() throws Exception {
        assertFate(true, "", Fate.LOST_UNANSWERED);
        assertFate(true, "HTTP/1.1 200", Fate.LOST_UNANSWERED);
    }

    @Test
    void resetIsLostUnlessTheCutBreaksOffAPlainBody() throws Exception {
        String half = json(200, ANSWER, "").substring(0, 90);
        var cutting = new AtomicBoolean();
        ScriptedServer.Answer reset = (socket, number) -> {
            ScriptedServer.write(socket, half);
            socket.getOutputStream().flush();
            socket.setSoLinger(true, 0);
            return false;
        };
        try (var server = new ScriptedServer(reset)) {
            LoadPlan plain = LoadPlan.against(server.endpoint(), 0, 1).withTokens(2, 2).withCutting(cutting::get);
            assertThat(firstFate(plain)).isIn(Fate.LOST_TRUNCATED, Fate.LOST_UNANSWERED);
        }
        cutting.set(true);
        try (var server = new ScriptedServer(ScriptedServer.text(half))) {
            LoadPlan plain = LoadPlan.against(server.endpoint(), 0, 1).withTokens(2, 2).withCutting(cutting::get);
            assertThat(firstFate(plain)).isEqualTo(Fate.CUT_BODY);
        }
        try (var server = new ScriptedServer(ScriptedServer.text(SSE + TOKEN))) {
            LoadPlan stream = LoadPlan.against(server.endpoint(), 1, 0).withTokens(2, 2).withCutting(cutting::get);
            assertThat(firstFate(stream)).isEqualTo(Fate.LOST_TRUNCATED);
        }
    }

    @Test
    void silenceBeyondTheBoundIsHung() throws Exception {
        for (String begun : new String[]{"", SSE + TOKEN}) {
            try (var server = new ScriptedServer((socket, number) -> {
                ScriptedServer.write(socket, begun);
                return true;
            })) {
                LoadPlan plan = LoadPlan.against(server.endpoint(), 1, 0).withSilence(Duration.ofMillis(200));
                assertThat(firstFate(plan)).isEqualTo(Fate.LOST_HUNG);
            }
        }
    }

    @Test
    void aPortWithoutAListenerIsARefusal() throws Exception {
        URI endpoint;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            endpoint = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/");
        }

        assertThat(firstFate(LoadPlan.against(endpoint, 1, 0))).isEqualTo(Fate.UNCONNECTED);
    }

    @Test
    void requestIsSentAgainWhereItMetTheClosingOfItsIdleConnection() throws Exception {
        ScriptedServer.Answer answer = (socket, number) -> {
            if (number == 2) {
                return false;
            }
            ScriptedServer.write(socket, json(200, ANSWER, ""));
            return true;
        };
        try (var server = new ScriptedServer(answer);
                var load = new LoadGenerator(LoadPlan.against(server.endpoint(), 0, 1).withTokens(2, 2))) {
            load.start();
            await().until(() -> load.endings().size() >= 2);

            assertThat(load.table().count(Verdict.LOST)).isZero();
            assertThat(load.table().raced()).isEqualTo(1);
        }
    }

    @Test
    void secondClosingInARowOnANewConnectionIsLost() throws Exception {
        ScriptedServer.Answer answer = (socket, number) -> {
            if (number > 1) {
                return false;
            }
            ScriptedServer.write(socket, json(200, ANSWER, ""));
            return true;
        };
        try (var server = new ScriptedServer(answer);
                var load = new LoadGenerator(LoadPlan.against(server.endpoint(), 0, 1).withTokens(2, 2))) {
            load.start();
            await().until(() -> load.endings().size() >= 2);

            assertThat(load.endings().get(1).fate()).isEqualTo(Fate.LOST_UNANSWERED);
        }
    }

    @Test
    void clientsThatAreRoutedElsewhereAskNothing() throws Exception {
        try (var server = new ScriptedServer(ScriptedServer.text(json(200, ANSWER, "")));
                var load = new LoadGenerator(LoadPlan.against(server.endpoint(), 1, 1).withRouted(() -> false))) {
            load.start();
            await().until(() -> load.table().elsewhere() >= 2);

            assertThat(server.requests()).isZero();
        }
    }

    @Test
    void stoppedLoadEndsOnceItsLastRequestsHaveEnded() throws Exception {
        try (var server = new ScriptedServer(ScriptedServer.text(json(200, ANSWER, "Connection: close\r\n")));
                var load = new LoadGenerator(LoadPlan.against(server.endpoint(), 0, 4).withTokens(2, 2))) {
            load.start();
            await().until(() -> load.endings().size() >= 20);
            load.stop();

            assertThat(load.awaitEnd(Duration.ofSeconds(10))).isTrue();
            assertThat(load.inFlight()).isZero();
            assertThat(load.table().count(Verdict.COMPLETE)).isEqualTo(server.requests());
        }
    }

    private static void assertFate(boolean streaming, String answer, Fate expected) throws Exception {
        try (var server = new ScriptedServer(ScriptedServer.text(answer))) {
            LoadPlan plan = LoadPlan.against(server.endpoint(), streaming ? 1 : 0, streaming ? 0 : 1).withTokens(2, 2);
            assertThat(firstFate(plan)).as(answer).isEqualTo(expected);
        }
    }

    private static Fate firstFate(LoadPlan plan) {
        try (var load = new LoadGenerator(plan)) {
            load.start();
            await().until(() -> !load.endings().isEmpty());
            return load.endings().getFirst().fate();
        }
    }

    private static String event(String data) {
        String text = "data: " + data + "\n\n";
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    private static String json(int status, String body, String headers) {
        return "HTTP/1.1 " + status + " Whatever\r\nContent-Type: application/json\r\n" + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
    }
}
