// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;

/** The table of kinds: what is known of each. Stateless. */
public final class Kinds {

    /** SGLang looks at its SIGTERM flag every 5 s and at its table of requests every 5 s after that. */
    private static final StopNeeds SGLANG_EXIT = new StopNeeds(true, Duration.ofSeconds(12));

    /** Triton unloads its models one after the other: measured 10.7 s for eight Python instances. */
    private static final StopNeeds TRITON_EXIT = new StopNeeds(true, Duration.ofSeconds(10));

    /** An idle SGLang renews its metrics every 30 s. */
    private static final Duration SGLANG_LAG = Duration.ofSeconds(30);

    private static final Map<ServerKind, KindProfile> TABLE = new EnumMap<>(
            Arrays.stream(ServerKind.values()).collect(Collectors.toMap(Function.identity(), Kinds::profile)));

    private Kinds() {}

    /** What is known of this kind. */
    public static KindProfile of(ServerKind kind) {
        return TABLE.getOrDefault(kind, KindProfile.NOTHING);
    }

    /** The names, in the order of the table. */
    public static List<String> names() {
        return Arrays.stream(ServerKind.values()).map(ServerKind::label).toList();
    }

    private static KindProfile profile(ServerKind kind) {
        return switch (kind) {
            case VLLM -> KindProfile.on(8000)
                    .marked(Mark.owned("vllm"), version(), Mark.contains("/metrics", "\nvllm:"))
                    .gauged(OwnGauge.metrics("/metrics",
                            engines("vllm:num_requests_running", "vllm:num_requests_waiting")))
                    .aborts("{}", "/abort_requests")
                    .healthy("/health");
            case SGLANG -> KindProfile.on(30_000)
                    .marked(Mark.owned("sglang"), Mark.json("/server_info", info -> info.has("internal_states"),
                            "has internal_states"),
                            Mark.json("/get_server_info", info -> info.has("internal_states"), "has internal_states"))
                    .gauged(new OwnGauge.Loads("/v1/loads"), new OwnGauge.Loads("/get_load"),
                            new OwnGauge.Metrics("/metrics", Gauges.of(Set.of("sglang:num_running_reqs",
                                    "sglang:num_queue_reqs")), SGLANG_LAG))
                    .aborts("{\"abort_all\":true}", "/abort_request")
                    .stops(SGLANG_EXIT);
            case TRITON -> KindProfile.on(8000)
                    .marked(Mark.named("/v2", "/name", "triton"), Mark.text("/v2/health/live", ""))
                    .stops(TRITON_EXIT)
                    .healthy("/v2/health/ready");
            case TRTLLM -> KindProfile.on(8000)
                    // A read of its /metrics consumes what it returns, so it is never asked.
                    .marked(Mark.owned("tensorrt_llm"), version(), Mark.exists("/perf_metrics"))
                    .gauged(OwnGauge.metrics("/prometheus/metrics", Gauges.of(Set.of("trtllm_num_requests_running",
                            "trtllm_num_requests_waiting"))));
            case TGI -> KindProfile.on(3000)
                    .marked(Mark.json("/info", info -> info.has("model_id") && info.has("router"), "has router"),
                            Mark.contains("/metrics", "\ntgi_"),
                            Mark.contains("/api-doc/openapi.json", "Text Generation Inference"))
                    .gauged(OwnGauge.metrics("/metrics",
                            Gauges.of(Set.of("tgi_queue_size", "tgi_batch_current_size"))));
            case TEI -> KindProfile.on(3000)
                    .marked(Mark.json("/info", info -> info.has("model_id") && info.has("model_type"),
                            "has model_type"),
                            Mark.contains("/metrics", "\nte_"),
                            Mark.contains("/api-doc/openapi.json", "Text Embeddings Inference"));
            case LLAMA_SERVER -> KindProfile.on(8080, 9931)
                    .marked(Mark.server("llama.cpp"), Mark.anyAnswer("Loading model"), Mark.owned("llamacpp"),
                            Mark.json("/props", props -> props.has("total_slots"), "has total_slots"))
                    .gauged(OwnGauge.metrics("/metrics", Gauges.of(Set.of("llamacpp:requests_processing",
                            "llamacpp:requests_deferred"))), new OwnGauge.Slots("/slots"))
                    .healthy("/health");
            case OLLAMA -> KindProfile.on(11_434)
                    .marked(Mark.text("/", "Ollama is running"),
                            Mark.json("/api/version", version -> version.path("version").isString(), "has a version"))
                    .healthy("/");
            case RAY_SERVE -> KindProfile.on(8000)
                    .marked(Mark.json("/-/routes", routes -> routes.isObject(), "is a table"),
                            Mark.text("/-/healthz", "success"))
                    .healthy("/-/healthz")
                    .ready("/-/healthz", "/-/routes");
            case DJL -> KindProfile.on(8080)
                    .marked(Mark.json("/models", list -> list.path("models").path(0).has("modelUrl"), "has modelUrl"),
                            Mark.json("/ping", ping -> ping.isObject(), "is a document"));
            case LMDEPLOY -> KindProfile.on(23_333)
                    .marked(Mark.owned("lmdeploy"),
                            Mark.json("/is_sleeping", sleep -> sleep.has("is_sleeping"), "has is_sleeping"),
                            Mark.json("/distserve/engine_info", info -> info.has("tp_size"), "has tp_size"))
                    .gauged(OwnGauge.metrics("/metrics", engines("lmdeploy:num_requests_running",
                            "lmdeploy:num_requests_waiting")))
                    .aborts("{\"abort_all\":true}", "/abort_request");
            case TORCHSERVE -> KindProfile.on(8080)
                    .marked(Mark.json("/ping", ping -> ping.path("status").isString(), "has status"),
                            Mark.contains("/api-description", "TorchServe"))
                    .healthy("/ping");
            case KSERVE -> KindProfile.on(8080)
                    .marked(Mark.named("/v2", "/name", "kserve"),
                            Mark.json("/v2/health/live", live -> live.path("live").asBoolean(false), "says live"),
                            Mark.json("/", root -> root.path("status").asString("").equals("alive"), "says alive"))
                    .healthy("/v2/health/live")
                    .alive("/");
            case MLSERVER -> KindProfile.on(8080)
                    .marked(Mark.named("/v2", "/name", "mlserver"), Mark.text("/v2/health/live", ""))
                    .healthy("/v2/health/live");
            case BENTOML -> KindProfile.on(3000)
                    .marked(Mark.json("/schema.json", schema -> schema.path("type").asString("").equals("service")
                            && schema.path("routes").isArray(), "describes a service"),
                            Mark.contains("/metrics", "\nbentoml_service_"),
                            Mark.contains("/docs.json", "/badge/BentoML"))
                    .gauged(OwnGauge.metrics("/metrics", Gauges.of(Set.of("bentoml_service_request_in_progress"))))
                    .healthy("/readyz");
            case LITSERVE -> KindProfile.on(8000)
                    .marked(Mark.json("/info", info -> info.path("server").has("workers_per_device"),
                            "has workers_per_device"), Mark.text("/", "litserve running"))
                    .healthy("/health");
            case INFINITY -> KindProfile.on(7997)
                    .marked(Mark.json("/models", list -> list.at("/data/0/stats").has("queue_absolute"),
                            "has queue_absolute"),
                            Mark.json("/health", health -> health.path("unix").isNumber(), "has unix"))
                    .healthy("/health");
            case DYNAMO -> KindProfile.on(8000)
                    .marked(Mark.owned("nvidia"), Mark.named("/live", "/status", "live"))
                    .gauged(OwnGauge.metrics("/metrics", Gauges.of(Set.of("dynamo_frontend_inflight_requests"))),
                            OwnGauge.metrics("/metrics", Gauges.of(Set.of("dynamo_frontend_active_requests"))))
                    .healthy("/live")
                    .alive("/live");
            case GENERIC -> KindProfile.NOTHING;
        };
    }

    private static Mark version() {
        return Mark.json("/version", version -> version.path("version").isString(), "has a version");
    }

    /** Running and waiting, one sample for each engine of a data-parallel deployment. */
    private static Gauges engines(String running, String waiting) {
        return new Gauges(Set.of(running, waiting), "engine");
    }
}
