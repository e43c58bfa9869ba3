// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.agent.demo.TemporaryFolder;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An API server on real HTTP, with the semantics of the real one as far as Lastcall meets them: bearer tokens, RBAC, lists
 * in pages, watches with bookmarks and compaction, patches with versions, evictions with budgets, graceful deletion. A body
 * with a field that Kubernetes does not have is refused. Faults can be laid over it.
 */
public final class FakeCluster implements AutoCloseable {

    /** The token that it begins with. */
    public static final String TOKEN = "first-token-of-the-service-account";

    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    private final Vertx vertx = Vertx.vertx();
    private final HttpServerOptions options;
    private volatile HttpServer server;
    private final boolean tls;
    private final TemporaryFolder folder = new TemporaryFolder("lastcall-account");
    private final Path account = folder.path();
    final ClusterStore store = new ClusterStore();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final ClusterFaults faults = new ClusterFaults();
    private final ClusterWatches watches = new ClusterWatches(vertx, store);
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger budget = new AtomicInteger(Integer.MAX_VALUE);

    /** What was asked: permission is verb and resource as RBAC has them. */
    public record Asked(String permission, String path, String query, String contentType, String body, long nanos,
            String version) {}

    private FakeCluster(boolean tls, int port) throws IOException {
        this.tls = tls;
        tokens.add(TOKEN);
        Files.writeString(account.resolve("token"), TOKEN);
        options = new HttpServerOptions().setHost("127.0.0.1").setPort(port);
        if (tls) {
            Files.copy(TestCertificate.authorities(), account.resolve("ca.crt"));
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setKeyCertOptions(
                            new PfxOptions().setPath(TestCertificate.keyStore().toString())
                                    .setPassword(TestCertificate.password()));
        }
        server = listen(options);
        options.setPort(server.actualPort());
    }

    private HttpServer listen(HttpServerOptions on) {
        HttpServer listening = vertx.createHttpServer(on).connectionHandler(connection -> {
            connections.add(connection);
            connection.closeHandler(_ -> connections.remove(connection));
        }).requestHandler(this::received);
        listening.listen().await();
        return listening;
    }

    /** With TLS, as every cluster has it. */
    public static FakeCluster start() throws IOException {
        return new FakeCluster(true, 0);
    }

    public URI url() {
        return URI.create((tls ? "https" : "http") + "://127.0.0.1:" + server.actualPort());
    }

    /** The directory with token and certificates, as the kubelet fills it. */
    public Path account() {
        return account;
    }

    /** Puts an object there, or another in its place. */
    public void put(String yaml) {
        ObjectNode object = (ObjectNode) YAML.readTree(yaml);
        store.put(path(object), object);
    }

    private static String path(JsonNode object) {
        String name = object.path("metadata").path("name").asString("");
        return switch (object.path("kind").asString("")) {
            case "Node" -> "/api/v1/nodes/" + name;
            case "Pod" -> podPath(object.path("metadata").path("namespace").asString(""), name);
            default -> throw new IllegalArgumentException("no such kind here: " + object);
        };
    }

    private static String podPath(String namespace, String name) {
        return "/api/v1/namespaces/" + namespace + "/pods/" + name;
    }

    /** The kubelet says that the pod is gone; or a user has deleted the node. */
    public void removePod(String namespace, String name) {
        store.remove(podPath(namespace, name));
    }

    public void removeNode(String name) {
        store.remove("/api/v1/nodes/" + name);
    }

    /** An operator lets pods onto the node again. */
    public void uncordon(String name) {
        ObjectNode patch = ClusterStore.JSON.createObjectNode();
        patch.putObject("spec").putNull("unschedulable");
        store.mergePatch("/api/v1/nodes/" + name, patch);
    }

    /** Another client changes a node, by a merge patch. */
    public void patchNode(String name, String yaml) {
        store.mergePatch("/api/v1/nodes/" + name, YAML.readTree(yaml));
    }

    /** Another client sets a condition of a node. */
    public void condition(String node, String type, String status, String reason, String message) {
        ObjectNode patch = ClusterStore.JSON.createObjectNode();
        patch.putObject("status")
                .putArray("conditions")
                .addObject()
                .put("type", type)
                .put("status", status)
                .put("reason", reason)
                .put("message", message);
        store.strategicStatusPatch("/api/v1/nodes/" + node, patch);
    }

    public JsonNode node(String name) {
        return store.get("/api/v1/nodes/" + name).orElseThrow();
    }

    /** The pod, or a node that holds nothing. */
    public JsonNode pod(String namespace, String name) {
        return store.get(podPath(namespace, name)).map(JsonNode.class::cast).orElse(ClusterStore.JSON.missingNode());
    }

    public List<ObjectNode> events() {
        return store.all("Event");
    }

    /** Another client deletes a pod. */
    public void deletePod(String namespace, String name, int graceSeconds) {
        store.delete(podPath(namespace, name),
                ClusterStore.JSON.createObjectNode().put("gracePeriodSeconds", graceSeconds));
    }

    /** What was asked so far. */
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    public List<Asked> asked(String permission) {
        return asked.stream().filter(one -> one.permission().equals(permission)).toList();
    }

    /** From now on the service account may not do this, such as {@code patch nodes/status}. */
    public void deny(String permission) {
        denied.add(permission);
    }

    public void denyAll() {
        denied.add("*");
    }

    public void allow(String permission) {
        denied.remove(permission);
    }

    /** Evictions that the disruption budget still lets through. */
    public void disruptionBudget(int evictions) {
        budget.set(evictions);
    }

    /** The next requests of this permission get this status instead. */
    public void fail(String permission, int times, int status, String retryAfter) {
        faults.add(permission, times, status, retryAfter, "");
    }

    /** The next requests of this permission get this answer instead. */
    public void answer(String permission, int times, int status, String body) {
        faults.add(permission, times, status, "", body);
    }

    /** Every request but watches is answered so much later. */
    public void slow(Duration delay) {
        faults.slow(delay);
    }

    /** The old token is good no more; the kubelet has put another there. */
    public void rotateToken(String token) throws IOException {
        tokens.clear();
        tokens.add(token);
        Files.writeString(account.resolve("token"), token);
    }

    /** Breaks every watch off in the middle. */
    public void breakWatches() {
        watches.breakOff();
    }

    /** Says in every watch that its place is too old, and forgets the past. */
    public void expireWatches() {
        store.compact();
        watches.expire();
    }

    /**
     * Time passes, as far as watches and what they may begin from go: bookmarks come, watches end at the time that was asked
     * for, and what is older than five minutes is forgotten.
     *
     * @return whether a watch ends by it
     */
    public boolean pass(Duration time) {
        return watches.pass(time);
    }

    /** A proxy in between ends every watch after so long, whatever was asked for. */
    public void endWatchesAfter(Duration longest) {
        watches.endAfter(longest);
    }

    public int openWatches() {
        return watches.count();
    }

    public int connections() {
        return connections.size();
    }

    /** Refuses connections from now on, and ends those that are there. */
    public void goAway() {
        server.close().await();
    }

    /** Is there again, at the same address and with what it held. */
    public void comeBack() {
        server = listen(options);
    }

    private void received(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Asked one = new Asked(Permission.of(request), String.valueOf(request.path()),
                    String.valueOf(request.query()),
                    String.valueOf(request.getHeader("Content-Type")), body.toString(StandardCharsets.UTF_8),
                    System.nanoTime(), request.version().name());
            asked.add(one);
            if (!faults.lieOver(vertx, request, one, () -> answer(request, one))) {
                answer(request, one);
            }
        });
    }

    private void answer(HttpServerRequest request, Asked one) {
        String authorization = String.valueOf(request.getHeader("Authorization"));
        if (!authorization.startsWith("Bearer ") || !tokens.contains(authorization.substring("Bearer ".length()))) {
            Answers.write(request, 401, Answers.status(401, "Unauthorized", "Unauthorized"));
        } else if (denied.contains("*") || denied.contains(one.permission())) {
            Answers.write(request, 403,
                    Answers.status(403, "Forbidden", "User \"system:serviceaccount:lastcall:lastcall\" cannot "
                            + one.permission()));
        } else if (one.query().contains("dryRun=All")) {
            store.get(one.path().replaceAll("/status$", ""))
                    .ifPresentOrElse(object -> Answers.write(request, 200, object), () -> Answers.absent(request));
        } else {
            permitted(request, one);
        }
    }

    private void permitted(HttpServerRequest request, Asked one) {
        switch (one.permission()) {
            case "get nodes", "get pods" -> store.get(one.path())
                    .ifPresentOrElse(there -> Answers.write(request, 200, there), () -> Answers.absent(request));
            case "list pods" -> list(request, "Pod");
            case "list nodes" -> list(request, "Node");
            case "watch pods" -> watch(request, "Pod");
            case "watch nodes" -> watch(request, "Node");
            case "patch nodes" -> patched(request, one, "application/merge-patch+json",
                    store.mergePatch(one.path(), ClusterStore.JSON.readTree(one.body())));
            case "patch nodes/status", "patch pods/status" -> patched(request, one,
                    "application/strategic-merge-patch+json",
                    store.strategicStatusPatch(one.path().replaceAll("/status$", ""),
                            ClusterStore.JSON.readTree(one.body())));
            case "create events" -> createEvent(request, one);
            case "create pods/eviction" -> evict(request, one);
            case "delete pods" -> {
                requireKnown(one, DeleteOptions.class);
                Answers.deleted(request, store.delete(one.path(), ClusterStore.JSON.readTree(one.body())));
            }
            default -> Answers.write(request, 405, Answers.status(405, "MethodNotAllowed", one.permission()));
        }
    }

    private void patched(HttpServerRequest request, Asked one, String contentType, int status) {
        if (!one.contentType().equals(contentType)) {
            throw new IllegalStateException("patched as " + one.contentType());
        }
        if (status == 200) {
            String path = one.path().replaceAll("/status$", "");
            ObjectNode after = store.get(path).orElseThrow();
            List<String> unknown = StrictModel.unknownFields(after.toString());
            if (unknown.isEmpty()) {
                Answers.write(request, 200, after);
            } else {
                Answers.write(request, 400, Answers.status(400, "BadRequest", "unknown fields " + unknown));
            }
        } else {
            Answers.refused(request, status);
        }
    }

    private void createEvent(HttpServerRequest request, Asked one) {
        requireKnown(one, Event.class);
        ObjectNode event = (ObjectNode) ClusterStore.JSON.readTree(one.body());
        store.put(one.path() + "/" + event.path("metadata").path("name").asString(""), event);
        Answers.write(request, 201, event);
    }

    private void evict(HttpServerRequest request, Asked one) {
        requireKnown(one, Eviction.class);
        if (budget.getAndUpdate(left -> Math.max(0, left - 1)) <= 0) {
            request.response().putHeader("Retry-After", "10");
            Answers.write(request, 429, Answers.status(429, "TooManyRequests",
                    "Cannot evict pod as it would violate the pod's disruption budget."));
            return;
        }
        JsonNode options = ClusterStore.JSON.readTree(one.body()).path("deleteOptions");
        int status = store.delete(one.path().replaceAll("/eviction$", ""), options);
        Answers.deleted(request, status == 200 ? 201 : status);
    }

    private static void requireKnown(Asked one, Class<?> type) {
        List<String> unknown = StrictModel.unknownFields(one.body(), type);
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("fields that Kubernetes does not have: " + unknown + " in " + one.body());
        }
    }

    private void list(HttpServerRequest request, String kind) {
        List<ObjectNode> all = store.all(kind).stream().filter(one -> FieldSelector.of(request).selects(one)).toList();
        int from = Integer.parseInt(request.params().contains("continue") ? request.params().get("continue") : "0");
        int limit = Integer.parseInt(request.params().contains("limit") ? request.params().get("limit") : "1000");
        int to = Math.min(all.size(), from + limit);
        ObjectNode list = ClusterStore.JSON.createObjectNode().put("kind", kind + "List").put("apiVersion", "v1");
        ObjectNode metadata = list.putObject("metadata").put("resourceVersion", Long.toString(store.version()));
        if (to < all.size()) {
            metadata.put("continue", Integer.toString(to));
        }
        ArrayNode items = list.putArray("items");
        all.subList(from, to).forEach(items::add);
        Answers.write(request, 200, list);
    }

    private void watch(HttpServerRequest request, String kind) {
        FieldSelector selector = FieldSelector.of(request);
        watches.open(request, change -> change.object().path("kind").asString("").equals(kind)
                && selector.selects(change.object()));
    }

    @Override
    public void close() {
        try {
            vertx.close().await(10, TimeUnit.SECONDS);
        } catch (Exception late) {
            throw new IllegalStateException("the fake cluster does not end", late);
        } finally {
            folder.close();
        }
    }
}
