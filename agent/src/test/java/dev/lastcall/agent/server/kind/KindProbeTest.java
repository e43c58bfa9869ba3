// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.values.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

final class KindProbeTest {

    private static final Duration BOUND = Duration.ofSeconds(5);

    private final Vertx vertx = Vertx.vertx();
    private final LocalHttp http = new LocalHttp(vertx);
    private FakeHttpServer server = new FakeHttpServer(vertx);

    @BeforeEach
    void listen() {
        server.asked.clear();
    }

    @AfterEach
    void close() {
        http.close();
        vertx.close().await();
    }

    private InFlight read(ServerKind kind) {
        return read(kind, BOUND);
    }

    private InFlight read(ServerKind kind, Duration bound) {
        return new KindProbe(() -> kind, Access.open(server.url()), Optional.empty(), http).read(bound);
    }

    @Test
    void sumsRunningAndWaitingOverTheEnginesOfVllm() {
        server.on("/metrics", """
                # HELP vllm:num_requests_running Number of requests in model execution batches.
                # TYPE vllm:num_requests_running gauge
                python_gc_objects_collected_total{generation="0"} 1234.0
                vllm:num_requests_running{engine="0",model_name="a \\"quoted\\", {odd} name"} 3.0
                vllm:num_requests_running{engine="1",model_name="m"} 2.0
                vllm:num_requests_waiting{engine="0",model_name="m"} 1.0
                vllm:num_requests_waiting{engine="1",model_name="m"} 0.0
                vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 700.0
                vllm:num_requests_waiting_by_reason{engine="0",reason="deferred"} 700.0
                """);

        assertThat(read(ServerKind.VLLM)).isEqualTo(new InFlight.Gauged(6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm:num_requests_running{engine=\"0\"} 0",
        "vllm:num_requests_running{engine=\"0\"} 0\nvllm:num_requests_running{engine=\"1\"} 0\n"
                + "vllm:num_requests_waiting{engine=\"0\"} 0",
        "vllm:num_requests_running 0\nvllm:num_requests_waiting NaN",
        "vllm:num_requests_running 0\nvllm:num_requests_waiting -1",
        "vllm:num_requests_running 0\nvllm:num_requests_waiting",
        "vllm:num_requests_running 0\nvllm:num_requests_waiting x",
        "vllm:num_requests_running{engine=\"0\" 0\nvllm:num_requests_waiting 0", "<html>", "{\"a\":1}",
        "vllm:num_requests_running{engine=0} 0"})
    void isUnclearAboutBrokenOrIncompleteMetrics(String metrics) {
        server.on("/metrics", metrics);

        assertThat(read(ServerKind.VLLM)).isInstanceOf(InFlight.Unclear.class);
    }

    @Test
    void readsScientificNotationInfinityAndExemplars() {
        server.on("/metrics", """
                vllm:num_requests_running{engine="0"} 1.2e1 1700000000
                vllm:num_requests_waiting{engine="0"} 0.5 # {trace_id="x"} 1
                """);
        assertThat(read(ServerKind.VLLM)).isEqualTo(new InFlight.Gauged(13));

        server.on("/metrics", "vllm:num_requests_running +Inf\nvllm:num_requests_waiting 0\n");
        assertThat(read(ServerKind.VLLM)).isEqualTo(new InFlight.Gauged(Integer.MAX_VALUE));
    }

    @Test
    void cannotObserveWithoutGaugeOrWithErrorOrWithoutServer() {
        server.on("/metrics", "python_info 1\n");
        assertThat(read(ServerKind.VLLM)).isInstanceOf(InFlight.Unobservable.class);
        server.on("/metrics", 404, "");
        assertThat(read(ServerKind.VLLM)).isInstanceOf(InFlight.Unobservable.class);
        server.on("/metrics", 503, "");
        assertThat(read(ServerKind.VLLM)).isInstanceOf(InFlight.Unobservable.class);
        assertThat(read(ServerKind.OLLAMA)).isInstanceOf(InFlight.Unobservable.class);
        server.close();
        // A connection that the kernel took as the listener was closing is reset, which is unclear; the next is refused.
        await().atMost(Duration.ofSeconds(10)).until(() -> read(ServerKind.VLLM) instanceof InFlight.Unobservable);
    }

    @Test
    void isUnclearWhenTheAnswerIsLate() {
        server.handle("/metrics", request -> {});
        assertThat(read(ServerKind.VLLM, Duration.ofMillis(200))).isInstanceOf(InFlight.Unclear.class);

        server.handle("/metrics",
                request -> request.response().setChunked(true).write("vllm:num_requests_running 0\n"));
        assertThat(read(ServerKind.VLLM, Duration.ofMillis(200))).isInstanceOf(InFlight.Unclear.class);
    }

    @Test
    void isUnclearWhenTheAnswerBreaksOffOrIsTooLarge() {
        server.handle("/metrics", request -> request.response()
                .putHeader("Content-Length", "1000")
                .write("vllm:num_requests_running 0\nvllm:num_requests_waiting 0\n")
                .onComplete(_ -> request.connection().close()));
        assertThat(read(ServerKind.VLLM)).isInstanceOf(InFlight.Unclear.class);

        server.on("/metrics", "vllm:num_requests_running 0\nvllm:num_requests_waiting 0\n"
                + "# ".repeat(MetricsProbe.MAX_BYTES / 2));
        assertThat(read(ServerKind.VLLM)).isInstanceOf(InFlight.Unclear.class);
    }

    @Test
    void readsMetricsOfLlamaServerAndElseItsSlots() {
        server.on("/metrics", "llamacpp:requests_processing 2\nllamacpp:requests_deferred 3\n");
        assertThat(read(ServerKind.LLAMA_SERVER)).isEqualTo(new InFlight.Gauged(5));

        server.on("/metrics", 501, "{\"error\":{\"message\":\"start it with --metrics\"}}");
        server.on("/slots", "[{\"id\":0,\"is_processing\":true},{\"id\":1,\"is_processing\":false}]");
        assertThat(read(ServerKind.LLAMA_SERVER)).isEqualTo(new InFlight.Gauged(1));

        server.on("/slots", "[{\"id\":0}]");
        assertThat(read(ServerKind.LLAMA_SERVER)).isInstanceOf(InFlight.Unclear.class);
        server.on("/slots", "[]");
        assertThat(read(ServerKind.LLAMA_SERVER)).isInstanceOf(InFlight.Unclear.class);
    }

    @Test
    void readsTheLoadOfSglangAndElseItsMetricsWhichLag() {
        server.on("/metrics", "sglang:num_running_reqs{tp_rank=\"0\"} 2\nsglang:num_queue_reqs{tp_rank=\"0\"} 0\n");
        assertThat(read(ServerKind.SGLANG)).isEqualTo(new InFlight.Gauged(2, Duration.ofSeconds(30)));

        server.on("/get_load",
                "[{\"dp_rank\":0,\"num_reqs\":3,\"num_waiting_reqs\":1},{\"dp_rank\":1,\"num_reqs\":0}]");
        assertThat(read(ServerKind.SGLANG)).isEqualTo(new InFlight.Gauged(3));

        server.on("/v1/loads", "{\"loads\":[{\"dp_rank\":0,\"num_running_reqs\":0,\"num_waiting_reqs\":0}]}");
        assertThat(read(ServerKind.SGLANG)).isEqualTo(new InFlight.Gauged(0));

        for (String unclear : List.of("{}", "{\"loads\":[]}", "{\"loads\":[{\"dp_rank\":0}]}", "x",
                "[{\"num_reqs\":-1}]", "[{\"num_running_reqs\":1},{}]")) {
            server.on("/v1/loads", unclear);
            assertThat(read(ServerKind.SGLANG)).as(unclear).isInstanceOf(InFlight.Unclear.class);
        }
    }

    @Test
    void readsTheOwnGaugesOfOthers() {
        server.on("/metrics", """
                bentoml_service_request_in_progress{endpoint="/run"} 3.0
                bentoml_service_request_in_progress{endpoint="/livez"} 0.0
                lmdeploy:num_requests_running{engine="0"} 1
                lmdeploy:num_requests_waiting{engine="0"} 4
                tgi_queue_size 1
                tgi_batch_current_size 5
                dynamo_frontend_inflight_requests{model="m"} 7
                """);
        server.on("/prometheus/metrics", "trtllm_num_requests_running 8\ntrtllm_num_requests_waiting 0\n");

        assertThat(read(ServerKind.BENTOML)).isEqualTo(new InFlight.Gauged(3));
        assertThat(read(ServerKind.LMDEPLOY)).isEqualTo(new InFlight.Gauged(5));
        assertThat(read(ServerKind.TGI)).isEqualTo(new InFlight.Gauged(6));
        assertThat(read(ServerKind.DYNAMO)).isEqualTo(new InFlight.Gauged(7));
        assertThat(read(ServerKind.TRTLLM)).isEqualTo(new InFlight.Gauged(8));
    }

    @Test
    void aGateAndAGaugeAreIdleWhenBothAreZero() {
        assertThat(both(new InFlight.Exact(0), new InFlight.Gauged(0))).isEqualTo(new InFlight.Gauged(0));
        assertThat(both(new InFlight.Exact(2), new InFlight.Gauged(0))).isEqualTo(new InFlight.Gauged(2));
        assertThat(both(new InFlight.Exact(0), new InFlight.Gauged(3, Duration.ofSeconds(1))))
                .isEqualTo(new InFlight.Gauged(3, Duration.ofSeconds(1)));
        assertThat(both(new InFlight.Exact(0), new InFlight.Unclear("late"))).isEqualTo(new InFlight.Unclear("late"));
        assertThat(both(new InFlight.Exact(0), new InFlight.Unobservable("gone")))
                .isEqualTo(new InFlight.Unobservable("gone"));
    }

    private static InFlight both(InFlight gate, InFlight gauge) {
        return new GateAndGauge(_ -> gate, _ -> gauge).read(BOUND);
    }

    @Test
    void aGaugeThatCountsOnlyAQueueIsRefused() {
        assertThat(QueueGauges.refusal(List.of("nv_inference_pending_request_count"), Optional.empty())).isPresent();
        assertThat(QueueGauges.refusal(List.of(), Optional.of("/data/0/stats/queue_absolute"))).isPresent();
        assertThat(QueueGauges.refusal(List.of("vllm:num_requests_waiting", "vllm:num_requests_running"),
                Optional.empty())).isEmpty();
        assertThat(QueueGauges.refusal(List.of(), Optional.of("/in_flight"))).isEmpty();
    }

    @Test
    void readsConfiguredGaugeBeforeTheKindsOwn() {
        server.on("/stats", "{\"queue\":{\"running\":2,\"list\":[1,2,3],\"text\":\"x\",\"minus\":-1}}");
        server.on("/prom", "my_inflight{a=\"1\"} 1\nmy_inflight{a=\"2\"} 1\nmy_inflight_total 9\n");

        assertThat(configured(new GaugeSource.Json(server.url().resolve("/stats"), "/queue/running")))
                .isEqualTo(new InFlight.Gauged(2));
        assertThat(configured(new GaugeSource.Json(server.url().resolve("/stats"), "/queue/list")))
                .isEqualTo(new InFlight.Gauged(3));
        assertThat(configured(new GaugeSource.Json(server.url().resolve("/stats"), "/queue/text")))
                .isInstanceOf(InFlight.Unclear.class);
        assertThat(configured(new GaugeSource.Json(server.url().resolve("/stats"), "/queue/minus")))
                .isInstanceOf(InFlight.Unclear.class);
        assertThat(configured(new GaugeSource.Json(server.url().resolve("/stats"), "/nothing")))
                .isInstanceOf(InFlight.Unobservable.class);
        assertThat(configured(new GaugeSource.Metrics(server.url().resolve("/prom"), Set.of("my_inflight"))))
                .isEqualTo(new InFlight.Gauged(2));
    }

    private InFlight configured(GaugeSource gauge) {
        return new KindProbe(() -> ServerKind.VLLM, Access.open(server.url()), Optional.of(gauge), http).read(BOUND);
    }

    @Test
    void abortsRequestsOfVllmInDevelopmentMode() {
        server.handle("/abort_requests", request -> request.body().onSuccess(body -> {
            assertThat(body).isEqualTo(Buffer.buffer("{}"));
            request.response().end("{\"status\":\"aborted\",\"aborted\":4}");
        }));

        assertThat(cut(ServerKind.VLLM)).isEqualTo(4);
        assertThat(server.asked).containsExactly("POST /abort_requests Bearer secret");
        assertThat(cut(ServerKind.LLAMA_SERVER)).isEqualTo(Cutter.UNKNOWN);
    }

    @Test
    void abortsRequestsOfSglangAndLmdeployByTheirOwnCall() {
        server.handle("/abort_request", request -> request.body().onSuccess(body -> {
            assertThat(body).isEqualTo(Buffer.buffer("{\"abort_all\":true}"));
            request.response().end();
        }));

        assertThat(cut(ServerKind.SGLANG)).isEqualTo(Cutter.UNKNOWN);
        assertThat(cut(ServerKind.LMDEPLOY)).isEqualTo(Cutter.UNKNOWN);
        assertThat(server.asked).containsExactly("POST /abort_request Bearer secret",
                "POST /abort_request Bearer secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 405, 500})
    void cutsNothingAndFailsNothingWhereThereIsNoAbortCall(int status) {
        server.on("/abort_requests", status, "no");

        assertThat(cut(ServerKind.VLLM)).isEqualTo(Cutter.UNKNOWN);
    }

    private int cut(ServerKind kind) {
        return new KindCutter(() -> kind, new Access(server.url(), Optional.of(Secret.of("secret"))), http).cut(BOUND);
    }

    @Test
    void givesTheKeyToLoopbackOnly() {
        for (String loopback : List.of("http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1",
                "http://127.8.9.1")) {
            assertThat(new Access(URI.create(loopback), Optional.of(Secret.of("secret"))).headers()).as(loopback)
                    .isNotEmpty();
        }
        for (String other : List.of("http://10.0.0.1:1", "http://[fd00::1]:1", "http://localhost.example.com",
                "http://127.0.0.1.example.com", "http://127.0.0.1@10.0.0.1:1")) {
            assertThat(new Access(URI.create(other), Optional.of(Secret.of("secret"))).headers()).as(other).isEmpty();
        }
        assertThat(new Access(URI.create("http://10.0.0.1"), Optional.of(Secret.of("secret"))).toString())
                .doesNotContain("secret");
    }

    @Test
    void cutsInTurnAndReportsTheMost() {
        assertThat(new SequentialCutter(List.of(_ -> 3, _ -> Cutter.UNKNOWN, _ -> 1)).cut(BOUND)).isEqualTo(3);
        assertThat(new SequentialCutter(List.of(_ -> Cutter.UNKNOWN)).cut(BOUND)).isEqualTo(Cutter.UNKNOWN);
        assertThat(new SequentialCutter(List.of()).cut(BOUND)).isEqualTo(Cutter.UNKNOWN);
    }
}
