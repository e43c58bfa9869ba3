// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.config.DrainOutlook;
import dev.lastcall.agent.config.KubernetesSettings;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.ApiServerUrl;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.KubernetesApi;
import dev.lastcall.agent.kubernetes.ServiceAccount;
import dev.lastcall.agent.kubernetes.pod.PodGrace;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the API server allows the agent to do, asked by reviews, which leave nothing behind; and what the pods' grace is. */
final class ClusterChecks {

    private static final Duration CALL_BOUND = Duration.ofSeconds(4);
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MANY_PODS = 500;

    /** What the agent of a node does there, as k8s/daemonset.yaml grants it: verb, resource, subresource. */
    static final List<Permission> NEEDED = List.of(new Permission("get", "nodes", ""),
            new Permission("patch", "nodes", ""), new Permission("patch", "nodes", "status"),
            new Permission("list", "pods", ""), new Permission("watch", "pods", ""), new Permission("get", "pods", ""),
            new Permission("delete", "pods", ""), new Permission("create", "pods", "eviction"),
            new Permission("patch", "pods", "status"), new Permission("create", "events", ""));

    private final Surroundings node;

    ClusterChecks(Surroundings node) {
        this.node = node;
    }

    /** One right. */
    record Permission(String verb, String resource, String subresource) {
        @Override
        public String toString() {
            return verb + " " + resource + (subresource.isEmpty() ? "" : "/" + subresource);
        }
    }

    List<DoctorCheck> all() {
        KubernetesSettings settings = node.config().kubernetes();
        return settings == null
                ? List.of()
                : List.of(new DoctorCheck(FindingArea.CLUSTER, "API server", "kubectl get --raw /readyz",
                        () -> look(settings)));
    }

    private List<NodeFinding> look(KubernetesSettings settings) {
        Optional<URI> url = settings.apiServer().or(() -> ApiServerUrl.inCluster(node.environment()));
        if (url.isEmpty()) {
            return List.of(NodeFinding.fail(FindingArea.CLUSTER, "API server", "is not known: this is no pod",
                    "set kubernetes.apiServer, or leave the section kubernetes out"));
        }
        try (KubernetesApi api = new KubernetesApi(node.vertx(), url.get(),
                new ServiceAccount(settings.serviceAccount(), node.clock()))) {
            List<String> denied = new ArrayList<>();
            for (Permission permission : NEEDED) {
                ApiReply reply = api.call(Call.create(REVIEWS, review(permission)).within(CALL_BOUND));
                if (!(reply instanceof ApiReply.Ok(JsonNode body))) {
                    return List.of(NodeFinding.fail(FindingArea.CLUSTER, "API server", reply.problem(),
                            "kubectl get --raw /readyz; kubectl -n lastcall describe pod"));
                }
                if (!body.path("status").path("allowed").asBoolean(false)) {
                    denied.add(permission.toString());
                }
            }
            List<NodeFinding> findings = new ArrayList<>();
            findings.add(denied.isEmpty()
                    ? NodeFinding.ok(FindingArea.CLUSTER, "API server", "answers and allows all that the agent does")
                    : NodeFinding.fail(FindingArea.CLUSTER, "API server",
                            "does not allow: " + String.join(", ", denied),
                            "kubectl apply -f k8s/daemonset.yaml, which grants it"));
            if (!denied.contains("list pods")) {
                pods(api, settings, findings);
            }
            return findings;
        }
    }

    private static JsonNode review(Permission permission) {
        var attributes = JSON.createObjectNode()
                .put("verb", permission.verb())
                .put("resource", permission.resource());
        if (!permission.subresource().isEmpty()) {
            attributes.put("subresource", permission.subresource());
        }
        var review = JSON.createObjectNode()
                .put("apiVersion", "authorization.k8s.io/v1")
                .put("kind", "SelfSubjectAccessReview");
        review.putObject("spec").set("resourceAttributes", attributes);
        return review;
    }

    /** A pod that is killed sooner after SIGTERM than the drain plans cuts what its server still finishes. */
    private void pods(KubernetesApi api, KubernetesSettings settings, List<NodeFinding> findings) {
        ApiReply reply = api.call(Call.list("/api/v1/pods", Map.of("fieldSelector", "spec.nodeName=" + settings.node(),
                "limit", Integer.toString(MANY_PODS))).within(CALL_BOUND));
        if (!(reply instanceof ApiReply.Ok(JsonNode body))) {
            return;
        }
        Duration needed = DrainOutlook.of(node.config()).longestStop();
        for (JsonNode object : body.path("items")) {
            PodGrace.of(object, settings.pods())
                    .filter(pod -> pod.grace().compareTo(needed) < 0)
                    .ifPresent(pod -> findings.add(NodeFinding.warn(FindingArea.CLUSTER, pod.pod(), "is killed "
                            + pod.grace().toSeconds() + " s after SIGTERM, and the drain plans up to "
                            + needed.toSeconds() + " s",
                            "set spec.terminationGracePeriodSeconds: "
                                    + needed.toSeconds() + " in its template")));
        }
    }
}
