// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
        assertThat(recognizer.recognize(server.url())).isInstanceOfSatisfying(Recognition.Recognised.class,
                recognised -> assertThat(recognised.kind()).isEqualTo(kind));
    }

    @Test
    void aLookThatAnAgentsEndOvertakesSeesSilence() {
        http.close();

        assertThat(recognizer.recognize(server.url())).isInstanceOf(Recognition.Silent.class);
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
    void neverReadsMetricsThatAreConsumedByReading() {
        server.on("/version", "{\"version\":\"1.3.0rc1\"}");
        server.on("/perf_metrics", "[]");
        server.on("/metrics", "[{\"iter\":1}]");

        isRecognisedAs(ServerKind.TRTLLM);
        assertThat(server.asked).contains("HEAD /perf_metrics").doesNotContain("GET /metrics", "GET /perf_metrics");
    }

    @Test
    void recognisesLlamaServer() {
        server.on("/props", "{\"default_generation_settings\":{},\"total_slots\":4}");

        isRecognisedAs(ServerKind.LLAMA_SERVER);
    }

    @Test
    void recognisesLlamaServerThatIsLoadingOrLocked() {
        server.handle("/version", request -> request.response()
                .putHeader("Server", "llama.cpp")
                .setStatusCode(503)
                .end("{\"error\":{\"code\":503,\"message\":\"Loading model\"}}"));

        isRecognisedAs(ServerKind.LLAMA_SERVER);
    }

    @Test
    void namesTheOthers() {
        server.on("/get_server_info", "{\"version\":\"0.5.5\",\"internal_states\":[{}]}");
        isRecognisedAs(ServerKind.SGLANG);
        server.on("/get_server_info", 404, "").on("/v2", "{\"name\":\"triton\",\"version\":\"2.60.0\"}");
        isRecognisedAs(ServerKind.TRITON);
        server.on("/v2", 404, "").on("/info", "{\"model_id\":\"m\",\"version\":\"3\",\"router\":\"x\"}");
        isRecognisedAs(ServerKind.TGI);
        server.on("/info", "{\"model_id\":\"m\",\"model_type\":{\"embedding\":{}}}");
        isRecognisedAs(ServerKind.TEI);
        server.on("/info", 404, "").on("/", "Ollama is running");
        isRecognisedAs(ServerKind.OLLAMA);
        server.on("/", "hello").on("/-/routes", "{\"/\":\"app\"}").on("/-/healthz", "success");
        isRecognisedAs(ServerKind.RAY_SERVE);
        server.on("/-/routes", 404, "")
                .on("/is_sleeping", "{\"is_sleeping\":false}")
                .on("/distserve/engine_info",
                        "{\"tp_size\":1}");
        isRecognisedAs(ServerKind.LMDEPLOY);
    }

    @Test
    void doesNotRecogniseAnyOtherServer() {
        assertThat(recognizer.recognize(server.url())).isEqualTo(new Recognition.Unknown());

        for (String path : List.of("/version", "/server_info", "/-/routes", "/v2", "/info", "/props", "/")) {
            server.on(path, "<html>a page for everything</html>");
        }
        assertThat(recognizer.recognize(server.url())).isEqualTo(new Recognition.Unknown());
        for (String path : List.of("/version", "/server_info", "/-/routes", "/v2", "/info", "/props", "/")) {
            server.on(path, "[".repeat(60_000));
        }
        assertThat(recognizer.recognize(server.url())).isEqualTo(new Recognition.Unknown());
    }

    @Test
    void findsNoServerWhereNoneListens() {
        URI url = server.url();
        server.close();

        assertThat(recognizer.recognize(url)).isInstanceOf(Recognition.Silent.class);
    }

    @Test
    void discoversWhatItRecognises() throws Exception {
        server.on("/props", "{\"total_slots\":1}");
        int free;
        try (var gone = new FakeHttpServer(vertx)) {
            free = gone.port();
        }
        try (var page = new FakeHttpServer(vertx)) {
            assertThat(new ServerDiscovery(recognizer).find(List.of(page.port(), server.port(), free)))
                    .containsExactly(new ServerDiscovery.Found(server.url(), ServerKind.LLAMA_SERVER,
                            "/props has total_slots"));
        }
    }

    @Test
    void goesOnLookingUntilTheServerIsUp() {
        server.handle("/props", request -> request.connection().close());
        try (var kind = new AutoKind("llama", server.url(), recognizer, NodeClock.system(),
                LoopObserver.NONE)) {
            kind.start();
            assertThat(kind.get()).isEqualTo(ServerKind.GENERIC);

            server.on("/props", "{\"total_slots\":1}");

            await().atMost(Duration.ofSeconds(20)).until(() -> kind.get() == ServerKind.LLAMA_SERVER);
        }
    }
}
