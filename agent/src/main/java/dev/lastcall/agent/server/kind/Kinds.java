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
                    .marked(Fingerprint.owned("vllm"), version(), Fingerprint.contains("/metrics", "\nvllm:"))
                    .gauged(OwnGauge.metrics("/metrics",
                            engines("vllm:num_requests_running", "vllm:num_requests_waiting")))
                    .aborts("{}", "/abort_requests")
                    .stopsBy("--shutdown-timeout")
                    .healthy("/health");
            case SGLANG -> KindProfile.on(30_000)
                    .marked(Fingerprint.owned("sglang"),
                            Fingerprint.json("/server_info", info -> info.has("internal_states"),
                                    "has internal_states"),
                            Fingerprint.json("/get_server_info", info -> info.has("internal_states"),
                                    "has internal_states"))
                    .gauged(new OwnGauge.Loads("/v1/loads"), new OwnGauge.Loads("/get_load"),
                            new OwnGauge.Metrics("/metrics", Gauges.of(Set.of("sglang:num_running_reqs",
                                    "sglang:num_queue_reqs")), SGLANG_LAG))
                    .aborts("{\"abort_all\":true}", "/abort_request")
                    .stops(SGLANG_EXIT);
            case TRITON -> KindProfile.on(8000)
                    .marked(Fingerprint.named("/v2", "/name", "triton"), Fingerprint.text("/v2/health/live", ""))
                    .stops(TRITON_EXIT)
                    .healthy("/v2/health/ready");
            case TRTLLM -> KindProfile.on(8000)
                    // A read of its /metrics consumes what it returns, so it is never asked.
                    .marked(Fingerprint.owned("tensorrt_llm"), version(), Fingerprint.exists("/perf_metrics"))
                    .gauged(OwnGauge.metrics("/prometheus/metrics", Gauges.of(Set.of("trtllm_num_requests_running",
                            "trtllm_num_requests_waiting"))));
            case TGI -> KindProfile.on(3000)
                    .marked(Fingerprint.json("/info", info -> info.has("model_id") && info.has("router"), "has router"),
                            Fingerprint.contains("/metrics", "\ntgi_"),
                            Fingerprint.contains("/api-doc/openapi.json", "Text Generation Inference"))
                    .gauged(OwnGauge.metrics("/metrics",
                            Gauges.of(Set.of("tgi_queue_size", "tgi_batch_current_size"))));
            case TEI -> KindProfile.on(3000)
                    .marked(Fingerprint.json("/info", info -> info.has("model_id") && info.has("model_type"),
                            "has model_type"),
                            Fingerprint.contains("/metrics", "\nte_"),
                            Fingerprint.contains("/api-doc/openapi.json", "Text Embeddings Inference"));
            case LLAMA_SERVER -> KindProfile.on(8080, 9931)
                    .marked(Fingerprint.server("llama.cpp"), Fingerprint.anyAnswer("Loading model"),
                            Fingerprint.owned("llamacpp"),
                            Fingerprint.json("/props", props -> props.has("total_slots"), "has total_slots"))
                    .gauged(OwnGauge.metrics("/metrics", Gauges.of(Set.of("llamacpp:requests_processing",
                            "llamacpp:requests_deferred"))), new OwnGauge.Slots("/slots"))
                    .healthy("/health");
            case OLLAMA -> KindProfile.on(11_434)
                    .marked(Fingerprint.text("/", "Ollama is running"),
                            Fingerprint.json("/api/version", version -> version.path("version").isString(),
                                    "has a version"))
                    .healthy("/");
            case RAY_SERVE -> KindProfile.on(8000)
                    .marked(Fingerprint.json("/-/routes", routes -> routes.isObject(), "is a table"),
                            Fingerprint.text("/-/healthz", "success"))
                    .healthy("/-/healthz")
                    .ready("/-/healthz", "/-/routes");
            case DJL -> KindProfile.on(8080)
                    .marked(Fingerprint.json("/models", list -> list.path("models").path(0).has("modelUrl"),
                            "has modelUrl"),
                            Fingerprint.json("/ping", ping -> ping.isObject(), "is a document"));
            case LMDEPLOY -> KindProfile.on(23_333)
                    .marked(Fingerprint.owned("lmdeploy"),
                            Fingerprint.json("/is_sleeping", sleep -> sleep.has("is_sleeping"), "has is_sleeping"),
                            Fingerprint.json("/distserve/engine_info", info -> info.has("tp_size"), "has tp_size"))
                    .gauged(OwnGauge.metrics("/metrics", engines("lmdeploy:num_requests_running",
                            "lmdeploy:num_requests_waiting")))
                    .aborts("{\"abort_all\":true}", "/abort_request");
            case TORCHSERVE -> KindProfile.on(8080)
                    .marked(Fingerprint.json("/ping", ping -> ping.path("status").isString(), "has status"),
                            Fingerprint.contains("/api-description", "TorchServe"))
                    .healthy("/ping");
            case KSERVE -> KindProfile.on(8080)
                    .marked(Fingerprint.named("/v2", "/name", "kserve"),
                            Fingerprint.json("/v2/health/live", live -> live.path("live").asBoolean(false),
                                    "says live"),
                            Fingerprint.json("/", root -> root.path("status").asString("").equals("alive"),
                                    "says alive"))
                    .healthy("/v2/health/live")
                    .alive("/");
            case MLSERVER -> KindProfile.on(8080)
                    .marked(Fingerprint.named("/v2", "/name", "mlserver"), Fingerprint.text("/v2/health/live", ""))
                    .healthy("/v2/health/live");
            case BENTOML -> KindProfile.on(3000)
                    .marked(Fingerprint.json("/schema.json",
                            schema -> schema.path("type").asString("").equals("service")
                                    && schema.path("routes").isArray(),
                            "describes a service"),
                            Fingerprint.contains("/metrics", "\nbentoml_service_"),
                            Fingerprint.contains("/docs.json", "/badge/BentoML"))
                    .gauged(OwnGauge.metrics("/metrics", Gauges.of(Set.of("bentoml_service_request_in_progress"))))
                    .healthy("/readyz");
            case LITSERVE -> KindProfile.on(8000)
                    .marked(Fingerprint.json("/info", info -> info.path("server").has("workers_per_device"),
                            "has workers_per_device"), Fingerprint.text("/", "litserve running"))
                    .healthy("/health");
            case INFINITY -> KindProfile.on(7997)
                    .marked(Fingerprint.json("/models", list -> list.at("/data/0/stats").has("queue_absolute"),
                            "has queue_absolute"),
                            Fingerprint.json("/health", health -> health.path("unix").isNumber(), "has unix"))
                    .healthy("/health");
            case DYNAMO -> KindProfile.on(8000)
                    .marked(Fingerprint.owned("nvidia"), Fingerprint.named("/live", "/status", "live"))
                    .gauged(OwnGauge.metrics("/metrics", Gauges.of(Set.of("dynamo_frontend_inflight_requests"))),
                            OwnGauge.metrics("/metrics", Gauges.of(Set.of("dynamo_frontend_active_requests"))))
                    .healthy("/live")
                    .alive("/live");
            case GENERIC -> KindProfile.NOTHING;
        };
    }

    private static Fingerprint version() {
        return Fingerprint.json("/version", version -> version.path("version").isString(), "has a version");
    }

    /** Running and waiting, one sample for each engine of a data-parallel deployment. */
    private static Gauges engines(String running, String waiting) {
        return new Gauges(Set.of(running, waiting), "engine");
    }
}
