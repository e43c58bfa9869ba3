// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gauges that count only what waits. They are zero while requests run, so a drain that believed one would stop a server under
 * load. Stateless.
 */
public final class QueueGauges {

    /** By their whole names. */
    private static final Set<String> METRICS = Set.of("nv_inference_pending_request_count", "te_queue_size",
            "tgi_queue_size", "vllm:num_requests_waiting", "vllm:num_requests_waiting_by_reason",
            "sglang:num_queue_reqs",
            "llamacpp:requests_deferred", "lmdeploy:num_requests_waiting", "trtllm_num_requests_waiting",
            "serve_deployment_queued_queries", "dynamo_frontend_queued_requests");

    /** By the last part of a JSON pointer: Infinity's, TorchServe's. */
    private static final List<String> POINTERS = List.of("queue_absolute", "queue_fraction", "pendingRequests");

    private QueueGauges() {}

    /** Why a gauge cannot be used; empty where it counts more than a queue, as far as its names show. */
    public static Optional<String> refusal(Collection<String> metrics, Optional<String> pointer) {
        if (!metrics.isEmpty() && METRICS.containsAll(metrics)) {
            return Optional.of(String.join(" and ", metrics) + reason());
        }
        return pointer.map(path -> path.substring(path.lastIndexOf('/') + 1))
                .filter(POINTERS::contains)
                .map(name -> name + reason());
    }

    private static String reason() {
        return " counts only requests that wait, and is zero while others run: name also what counts those that run, or"
                + " put a gate before the server";
    }
}
