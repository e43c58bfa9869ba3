// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.server.ServerKind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Recognises a server by what it answers on a few paths, asked in an order in which no kind is taken for another.
 * Thread-safe; blocks the calling virtual thread for some seconds at most.
 *
 * <p>Nothing is asked that changes something. In particular {@code /metrics} is not read before TensorRT-LLM is ruled
 * out, because there a read consumes what it returns.
 */
public final class KindRecognizer {

    private static final Duration CALL_BOUND = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A server that leaves two questions unanswered is left alone. */
    private static final int MAX_BROKEN = 2;

    private final LocalHttp http;
    private final List<Fingerprint> fingerprints = List.of(this::versioned, this::serverInfo, this::rayServe,
            this::triton, this::info, this::props, this::root, this::lmdeploy);

    /** @param http asks the servers */
    public KindRecognizer(LocalHttp http) {
        this.http = http;
    }

    /** Asks the server at this URL. */
    public Recognition recognize(URI server) {
        var look = new Look(server);
        for (Fingerprint fingerprint : fingerprints) {
            Optional<Recognition.Recognised> recognised = fingerprint.in(look);
            if (recognised.isPresent()) {
                return recognised.get();
            }
            if (look.refused.isPresent()) {
                return new Recognition.Silent(look.refused.get());
            }
            if (look.broken >= MAX_BROKEN) {
                return new Recognition.Silent(server + " does not answer within " + CALL_BOUND.toMillis() + " ms");
            }
            if (look.isLlamaCpp) {
                return new Recognition.Recognised(ServerKind.LLAMA_SERVER, "Server: llama.cpp");
            }
        }
        return look.answered ? new Recognition.Unknown() : new Recognition.Silent(server + " does not answer");
    }

    private Optional<Recognition.Recognised> versioned(Look look) {
        if (!look.json("/version").path("version").isString()) {
            return Optional.empty();
        }
        JsonNode models = look.json("/v1/models");
        String owner = models.path("data").path(0).path("owned_by").asString("");
        if (owner.equals("vllm")) {
            return recognised(ServerKind.VLLM, "/v1/models is owned by vllm");
        }
        if (owner.startsWith("tensorrt") || look.exists("/perf_metrics")) {
            return recognised(ServerKind.TRTLLM, "/perf_metrics");
        }
        return look.text("/metrics").contains("\nvllm:")
                ? recognised(ServerKind.VLLM, "/metrics has vllm:")
                : Optional.empty();
    }

    private Optional<Recognition.Recognised> serverInfo(Look look) {
        for (String path : List.of("/server_info", "/get_server_info")) {
            if (look.json(path).has("internal_states")) {
                return recognised(ServerKind.SGLANG, path + " has internal_states");
            }
        }
        return Optional.empty();
    }

    private Optional<Recognition.Recognised> rayServe(Look look) {
        return look.json("/-/routes").isObject() && look.text("/-/healthz").contains("success")
                ? recognised(ServerKind.RAY_SERVE, "/-/healthz")
                : Optional.empty();
    }

    private Optional<Recognition.Recognised> triton(Look look) {
        return look.json("/v2").path("name").asString("").equals("triton")
                ? recognised(ServerKind.TRITON, "/v2 is named triton")
                : Optional.empty();
    }

    private Optional<Recognition.Recognised> info(Look look) {
        JsonNode info = look.json("/info");
        if (info.has("model_id") && info.has("router")) {
            return recognised(ServerKind.TGI, "/info has router");
        }
        return info.has("model_id") && info.has("model_type")
                ? recognised(ServerKind.TEI, "/info has model_type")
                : Optional.empty();
    }

    private Optional<Recognition.Recognised> props(Look look) {
        return look.json("/props").has("total_slots")
                ? recognised(ServerKind.LLAMA_SERVER, "/props has total_slots")
                : Optional.empty();
    }

    private Optional<Recognition.Recognised> root(Look look) {
        return look.text("/").strip().equals("Ollama is running")
                ? recognised(ServerKind.OLLAMA, "/ says Ollama is running")
                : Optional.empty();
    }

    private Optional<Recognition.Recognised> lmdeploy(Look look) {
        return look.json("/is_sleeping").isObject() && look.json("/distserve/engine_info").isObject()
                ? recognised(ServerKind.LMDEPLOY, "/distserve/engine_info")
                : Optional.empty();
    }

    private static Optional<Recognition.Recognised> recognised(ServerKind kind, String evidence) {
        return Optional.of(new Recognition.Recognised(kind, evidence));
    }

    private interface Fingerprint {
        Optional<Recognition.Recognised> in(Look look);
    }

    /** One look at one server: what it was asked and how it has answered so far. Not thread-safe. */
    private final class Look {
        private final URI server;
        private Optional<String> refused = Optional.empty();
        private int broken;
        private boolean answered;
        private boolean isLlamaCpp;

        Look(URI server) {
            this.server = server;
        }

        /** What this path answers, if it answers 200 and with JSON; else a node that has nothing. */
        JsonNode json(String path) {
            try {
                return JSON.readTree(text(path));
            } catch (JacksonException e) {
                return JSON.missingNode();
            }
        }

        /** What this path answers, if it answers 200; else nothing. */
        String text(String path) {
            return mayAsk() ? http.get(server.resolve(path), Map.of(), MAX_BYTES, CALL_BOUND, this::note) : "";
        }

        /** Whether there is such a path, asked without getting it. */
        boolean exists(String path) {
            return mayAsk() && http.head(server.resolve(path), CALL_BOUND) instanceof LocalHttp.Reply.Answer answer
                    && (answer.status() == 200 || answer.status() == 405);
        }

        private boolean mayAsk() {
            return refused.isEmpty() && broken < MAX_BROKEN;
        }

        private String note(LocalHttp.Reply reply) {
            return switch (reply) {
                case LocalHttp.Reply.Refused(String reason) -> {
                    refused = Optional.of(reason);
                    yield "";
                }
                case LocalHttp.Reply.Broken _ -> {
                    broken++;
                    yield "";
                }
                case LocalHttp.Reply.Answer answer -> {
                    answered = true;
                    isLlamaCpp |= answer.server().equals("llama.cpp");
                    yield answer.isOk() ? answer.body() : "";
                }
            };
        }
    }
}
