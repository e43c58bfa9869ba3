// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Which inference server it is. The set is closed, because it labels metrics. A kind without counting, aborting or
 * stopping of its own is named in status and otherwise treated as {@link #GENERIC}.
 */
public enum ServerKind {
    /** vLLM, with the Python or the Rust front end. */
    VLLM("vllm"),
    /** llama.cpp's server. */
    LLAMA_SERVER("llama-server"),
    /** Any HTTP server with a gate before it or with a configured gauge. */
    GENERIC("generic"),
    /** SGLang; named only. */
    SGLANG("sglang"),
    /** NVIDIA Triton; named only. */
    TRITON("triton"),
    /** TensorRT-LLM's server; named only, because reading its metrics consumes them. */
    TRTLLM("trtllm-serve"),
    /** Text Generation Inference; named only. */
    TGI("tgi"),
    /** Text Embeddings Inference; named only. */
    TEI("tei"),
    /** Ray Serve; named only. */
    RAY_SERVE("ray-serve"),
    /** Ollama; named only. */
    OLLAMA("ollama"),
    /** LMDeploy; named only. */
    LMDEPLOY("lmdeploy");

    private final String label;

    ServerKind(String label) {
        this.label = label;
    }

    /** The lower-case name in configuration, metrics, records and JSON. */
    public String label() {
        return label;
    }

    /** The kind with this label, whatever its case; empty where there is none. */
    public static Optional<ServerKind> of(String label) {
        String wanted = label.toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(kind -> kind.label.equals(wanted)).findFirst();
    }
}
