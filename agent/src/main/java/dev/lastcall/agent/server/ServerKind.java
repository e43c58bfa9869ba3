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
    /** SGLang. */
    SGLANG("sglang"),
    /** NVIDIA Triton. */
    TRITON("triton"),
    /** TensorRT-LLM's server. */
    TRTLLM("trtllm-serve"),
    /** Text Generation Inference. */
    TGI("tgi"),
    /** Text Embeddings Inference. */
    TEI("tei"),
    /** llama.cpp's server. */
    LLAMA_SERVER("llama-server"),
    /** Ollama. */
    OLLAMA("ollama"),
    /** Ray Serve. */
    RAY_SERVE("ray-serve"),
    /** DJL Serving, and the LMI containers that are built on it. */
    DJL("djl"),
    /** LMDeploy. */
    LMDEPLOY("lmdeploy"),
    /** TorchServe. */
    TORCHSERVE("torchserve"),
    /** KServe's Python model server. */
    KSERVE("kserve"),
    /** MLServer. */
    MLSERVER("mlserver"),
    /** BentoML. */
    BENTOML("bentoml"),
    /** LitServe. */
    LITSERVE("litserve"),
    /** Infinity. */
    INFINITY("infinity"),
    /** NVIDIA Dynamo's front end. */
    DYNAMO("dynamo"),
    /** Any HTTP server with a gate before it or with a configured gauge. */
    GENERIC("generic");

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
