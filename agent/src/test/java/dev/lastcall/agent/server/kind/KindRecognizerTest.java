// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.values.Secret;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

final class KindRecognizerTest {

    private final Vertx vertx = Vertx.vertx();
    private final LocalHttp http = new LocalHttp(vertx);
    private final KindRecognizer recognizer = new KindRecognizer(http);
    private final FakeHttpServer server = new FakeHttpServer(vertx);

    @AfterEach
    void close() {
        http.close();
        vertx.close().await();
    }

    private void isRecognisedAs(ServerKind kind) {
        assertThat(recognizer.recognize(Access.open(server.url()))).isInstanceOfSatisfying(Recognition.Recognised.class,
                recognised -> assertThat(recognised.kind()).isEqualTo(kind));
    }

    @Test
    void aLookThatAnAgentsEndOvertakesSeesNothing() {
        http.close();

        assertThat(recognizer.recognize(Access.open(server.url()))).isInstanceOf(Recognition.NotReady.class);
    }

    @Test
    void recognisesVllm() {
        server.on("/version", "{\"version\":\"0.29.0\"}");
        server.on("/v1/models", "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\"}]}");
        // In its development mode a vLLM has this too.
        server.on("/server_info", "{\"internal_states\":[]}");

        isRecognisedAs(ServerKind.VLLM);
    }

    @Test
    void recognisesVllmBehindAnApiKey() {
        server.on("/version", "{\"version\":\"0.29.0\"}");
        server.on("/v1/models", 401, "{\"error\":\"Unauthorized\"}");
        server.on("/metrics",
                "# HELP python_info\npython_info 1\nvllm:num_requests_running 0\n" + "# ".repeat(100_000));

        isRecognisedAs(ServerKind.VLLM);
    }

    @Test
    void asksWithTheKeyThatTheOperatorGives() {
        server.on("/server_info", "{\"version\":\"0.5.19\",\"internal_states\":[{}]}");
        server.handle("/v1/models", request -> request.response()
                .setStatusCode("Bearer secret".equals(request.getHeader("Authorization")) ? 200 : 401)
                .end("{\"data\":[{\"owned_by\":\"sglang\"}]}"));

        assertThat(recognizer.recognize(new Access(server.url(), Optional.of(Secret.of("secret")))))
                .isInstanceOf(Recognition.Recognised.class);
    }

    @Test
    void neverReadsMetricsThatAreConsumedByReading() {
        server.on("/version", "{\"version\":\"1.3.0rc1\"}");
        server.on("/v1/models", "{\"data\":[{\"owned_by\":\"tensorrt_llm\"}]}");
        server.on("/perf_metrics", 405, "");
        server.on("/metrics", "[{\"iter\":1}]");

        isRecognisedAs(ServerKind.TRTLLM);
        assertThat(server.asked).doesNotContain("GET /metrics", "GET /perf_metrics");
    }

    @Test
    void recognisesLlamaServer() {
        server.on("/props", "{\"default_generation_settings\":{},\"total_slots\":4}");
        server.on("/v1/models", "{\"data\":[{\"id\":\"m\",\"owned_by\":\"llamacpp\"}]}");

        isRecognisedAs(ServerKind.LLAMA_SERVER);
    }

    @Test
    void recognisesLlamaServerThatIsLoading() {
        server.handle("/v2", request -> request.response()
                .putHeader("Server", "llama.cpp")
                .setStatusCode(503)
                .end("{\"error\":{\"code\":503,\"message\":\"Loading model\"}}"));

        isRecognisedAs(ServerKind.LLAMA_SERVER);
    }

    /** What the real servers answer, as far as they could be run; else what their sources say. */
    static Stream<Arguments> servers() {
        return Stream.of(
                arguments(ServerKind.SGLANG, Map.of("/v1/models", owned("sglang"), "/get_server_info",
                        "{\"version\":\"0.5.5\",\"internal_states\":[{}]}")),
                arguments(ServerKind.TRITON, Map.of("/v2", "{\"name\":\"triton\",\"version\":\"2.60.0\"}",
                        "/v2/health/live", "")),
                arguments(ServerKind.KSERVE, Map.of("/v2", "{\"name\":\"kserve\",\"version\":\"0.21.0\"}",
                        "/v2/health/live", "{\"live\":true}", "/", "{\"status\":\"alive\"}")),
                arguments(ServerKind.MLSERVER,
                        Map.of("/v2", "{\"name\":\"mlserver\",\"version\":\"1.7.1\",\"extensions\":[]}",
                                "/v2/health/live", "")),
                arguments(ServerKind.RAY_SERVE, Map.of("/-/routes", "{\"/\":\"app\"}", "/-/healthz", "success",
                        "/", "called")),
                arguments(ServerKind.TGI, Map.of("/info", "{\"model_id\":\"m\",\"version\":\"3\",\"router\":\"x\"}",
                        "/metrics", "# TYPE tgi_queue_size gauge\ntgi_queue_size 0\n")),
                arguments(ServerKind.TEI, Map.of("/info", "{\"model_id\":\"m\",\"model_type\":{\"embedding\":{}}}",
                        "/api-doc/openapi.json",
                        "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"Text Embeddings Inference\"}}")),
                arguments(ServerKind.OLLAMA,
                        Map.of("/", "Ollama is running", "/api/version", "{\"version\":\"0.33.0\"}",
                                "/v1/models", owned("library"))),
                arguments(ServerKind.LMDEPLOY, Map.of("/v1/models", owned("lmdeploy"),
                        "/is_sleeping", "{\"is_sleeping\":false}")),
                arguments(ServerKind.DYNAMO, Map.of("/v1/models", owned("nvidia"),
                        "/live", "{\"status\":\"live\",\"message\":\"Service is live\"}")),
                arguments(ServerKind.DJL, Map.of("/ping", "{}",
                        "/models",
                        "{\"models\":[{\"modelName\":\"m\",\"modelUrl\":\"file:/m\",\"status\":\"READY\"}]}")),
                arguments(ServerKind.TORCHSERVE, Map.of("/ping", "{\"status\":\"Healthy\"}",
                        "/api-description", "{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"TorchServe APIs\"}}")),
                arguments(ServerKind.BENTOML,
                        Map.of("/schema.json", "{\"name\":\"Echo\",\"type\":\"service\",\"routes\":[]}",
                                "/metrics",
                                "# TYPE x gauge\nbentoml_service_request_in_progress{endpoint=\"/\"} 0.0\n")),
                arguments(ServerKind.LITSERVE, Map.of("/info", "{\"model\":null,\"server\":{\"workers_per_device\":4}}",
                        "/", "litserve running")),
                arguments(ServerKind.INFINITY, Map.of("/health", "{\"unix\":1764469213.5}",
                        "/models", "{\"data\":[{\"id\":\"m\",\"stats\":{\"queue_absolute\":0}}]}")));
    }

    private static String owned(String by) {
        return "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"" + by + "\"}]}";
    }

    @ParameterizedTest
    @MethodSource("servers")
    void recognisesEachByTwoMarks(ServerKind kind, Map<String, String> answers) {
        answers.forEach(server::on);

        isRecognisedAs(kind);
    }

    /** One mark may be a coincidence, or a program that passes one path on. */
    @ParameterizedTest
    @MethodSource("servers")
    void oneMarkIsNotEnough(ServerKind kind, Map<String, String> answers) {
        for (String path : answers.keySet()) {
            try (var other = new FakeHttpServer(vertx)) {
                other.on(path, answers.getOrDefault(path, ""));
                assertThat(recognizer.recognize(Access.open(other.url()))).as("%s with only %s", kind, path)
                        .isEqualTo(new Recognition.Unknown());
            }
        }
    }

    @Test
    void eachKindHasTwoMarksOfWhichAStrangerIsAskedForOne() {
        for (ServerKind kind : ServerKind.values()) {
            List<Fingerprint> marks = Kinds.of(kind).marks();
            if (kind != ServerKind.GENERIC) {
                assertThat(marks.stream().map(Fingerprint::path).filter(path -> !path.isEmpty()).distinct())
                        .as(kind.label())
                        .hasSizeGreaterThan(1)
                        .anyMatch(KindRecognizer.QUESTIONS::contains);
            }
        }
    }

    @Test
    void aServerThatAnswers200ToEverythingIsLikeNone() {
        for (String page : List.of("", "ok", "{}", "success", "<html>a page for everything</html>", "[".repeat(60_000),
                "{\"name\":\"triton\",\"version\":\"1\",\"status\":\"live\",\"data\":[{\"owned_by\":\"vllm\"}],"
                        + "\"model_id\":\"m\",\"router\":\"r\",\"model_type\":{},\"server\":{\"workers_per_device\":1}}",
                "{\"version\":\"1\",\"data\":[{\"owned_by\":\"tensorrt_llm\",\"stats\":{\"queue_absolute\":1}}],\"unix\":1}")) {
            server.otherwise(200, page);

            assertThat(recognizer.recognize(Access.open(server.url())))
                    .as(page.substring(0, Math.min(60, page.length())))
                    .isEqualTo(new Recognition.Unknown());
        }
    }

    @Test
    void aStrangerIsAskedAFewQuestionsOfWhichTheRootIsTheLast() {
        assertThat(recognizer.recognize(Access.open(server.url()))).isEqualTo(new Recognition.Unknown());

        assertThat(server.asked).containsExactly("GET /v2", "GET /-/routes", "GET /v1/models", "GET /version",
                "GET /info",
                "GET /models", "GET /ping", "GET /schema.json", "GET /");
    }

    /** Each request of it may be a call of the user's own code. */
    @Test
    void anAppOfRayServeIsCalledByNoQuestion() {
        server.on("/-/routes", "{\"/\":\"app\"}").on("/-/healthz", "success");

        isRecognisedAs(ServerKind.RAY_SERVE);
        assertThat(server.asked).containsExactly("GET /v2", "GET /-/routes", "GET /-/healthz");
    }

    /** The question that was left may have been the one that counts. */
    @Test
    void aServerThatLeftAQuestionUnansweredIsNotYetAStranger() {
        server.handle("/info", request -> request.connection().close());

        assertThat(recognizer.recognize(Access.open(server.url()))).isEqualTo(new Recognition.Unsure());
    }

    @Test
    void aServerThatIsNotReadyIsAskedOnceInALook() {
        server.otherwise(503, "loading");

        assertThat(recognizer.recognize(Access.open(server.url()))).isInstanceOf(Recognition.NotReady.class);
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void patienceEnds() {
        var stranger = new Patience();
        for (int looks = 0; looks < Patience.MAX_UNKNOWN; looks++) {
            assertThat(stranger.isLeft()).isTrue();
            stranger.after(new Recognition.Unknown());
        }
        assertThat(stranger.isLeft()).isFalse();

        var busy = new Patience();
        for (int looks = 0; looks < Patience.MAX_UNSURE; looks++) {
            assertThat(busy.isLeft()).isTrue();
            busy.after(new Recognition.Unsure());
        }
        assertThat(busy.isLeft()).isFalse();

        var loading = new Patience();
        Duration asked = Duration.ZERO;
        for (int looks = 0; looks < Patience.MAX_NOT_READY; looks++) {
            assertThat(loading.isLeft()).isTrue();
            asked = asked.plus(loading.after(new Recognition.NotReady("503")));
        }
        assertThat(loading.isLeft()).isFalse();
        assertThat(asked).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(60));

        var absent = new Patience();
        for (int looks = 0; looks < 1000; looks++) {
            absent.after(new Recognition.Silent("refused"));
        }
        assertThat(absent.isLeft()).isTrue();
        assertThat(absent.after(new Recognition.Silent("refused"))).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void aStrangerOnAPortThatIsSearchedIsAskedTwiceAndThenLeftAlone() throws Exception {
        var discovery = new ServerDiscovery(recognizer);
        for (int looks = 0; looks < 5; looks++) {
            assertThat(discovery.find(List.of(server.port()))).isEmpty();
        }

        assertThat(server.asked).hasSize(Patience.MAX_UNKNOWN * KindRecognizer.QUESTIONS.size());
    }

    @Test
    void findsNoServerWhereNoneListens() {
        URI url = server.url();
        server.close();

        assertThat(recognizer.recognize(Access.open(url))).isInstanceOf(Recognition.Silent.class);
    }

    @Test
    void discoversWhatItRecognises() throws Exception {
        server.on("/props", "{\"total_slots\":1}").on("/v1/models", owned("llamacpp"));
        int free;
        try (var gone = new FakeHttpServer(vertx)) {
            free = gone.port();
        }
        try (var page = new FakeHttpServer(vertx)) {
            assertThat(new ServerDiscovery(recognizer).find(List.of(page.port(), server.port(), free)))
                    .containsExactly(new ServerDiscovery.Found(server.url(), ServerKind.LLAMA_SERVER,
                            "/v1/models is of llamacpp; /props has total_slots"));
        }
    }

    @Test
    void goesOnLookingUntilTheServerIsUp() {
        List<ServerKind> heard = new CopyOnWriteArrayList<>();
        server.handle("/v2", request -> request.connection().close());
        try (var kind = new AutoKind("llama", Access.open(server.url()), recognizer, NodeClock.system(), heard::add,
                LoopObserver.NONE)) {
            kind.start();
            assertThat(kind.get()).isEqualTo(ServerKind.GENERIC);

            server.on("/props", "{\"total_slots\":1}").on("/v1/models", owned("llamacpp"));

            await().atMost(Duration.ofSeconds(20)).until(() -> kind.get() == ServerKind.LLAMA_SERVER);
            await().atMost(Duration.ofSeconds(20)).until(() -> heard.equals(List.of(ServerKind.LLAMA_SERVER)));
        }
    }
}
