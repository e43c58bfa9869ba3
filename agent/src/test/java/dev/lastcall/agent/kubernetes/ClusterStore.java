// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects of a fake cluster, with versions, a history and the API server's rules of patching and deleting. */
final class ClusterStore {

    static final JsonMapper JSON = JsonMapper.builder().build();

    /** Something that happened to an object. */
    record Change(long version, String type, ObjectNode object, String path) {}

    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private final List<Change> history = new ArrayList<>();
    private final List<Consumer<Change>> watchers = new CopyOnWriteArrayList<>();
    private long version = 100;
    private long oldest = 100;

    synchronized long version() {
        return version;
    }

    synchronized boolean knows(long since) {
        return since >= oldest;
    }

    /** Forgets what happened so far, as etcd's compaction does. */
    synchronized void compact() {
        history.clear();
        version++;
        oldest = version;
    }

    synchronized Optional<ObjectNode> get(String path) {
        return Optional.ofNullable(objects.get(path)).map(ObjectNode::deepCopy);
    }

    synchronized List<ObjectNode> all(String kind) {
        return objects.values()
                .stream()
                .filter(one -> one.path("kind").asString("").equals(kind))
                .map(
                        ObjectNode::deepCopy)
                .toList();
    }

    synchronized void put(String path, ObjectNode object) {
        ObjectNode stored = object.deepCopy();
        ObjectNode metadata = (ObjectNode) stored.path("metadata");
        if (!metadata.has("uid")) {
            metadata.put("uid", UUID.randomUUID().toString());
        }
        store(path, stored, objects.containsKey(path) ? "MODIFIED" : "ADDED");
    }

    private void store(String path, ObjectNode object, String type) {
        version++;
        ((ObjectNode) object.path("metadata")).put("resourceVersion", Long.toString(version));
        if (type.equals("DELETED")) {
            objects.remove(path);
        } else {
            objects.put(path, object);
        }
        Change change = new Change(version, type, object.deepCopy(), path);
        history.add(change);
        watchers.forEach(watcher -> watcher.accept(change));
    }

    synchronized void remove(String path) {
        ObjectNode gone = objects.get(path);
        if (gone != null) {
            store(path, gone.deepCopy(), "DELETED");
        }
    }

    /** Hands over what happened since, and then what happens. */
    synchronized Runnable watch(long since, Consumer<Change> watcher) {
        history.stream().filter(change -> change.version() > since).forEach(watcher);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** A JSON merge patch (RFC 7386); refuses with 409 where it names another version than there is. */
    synchronized int mergePatch(String path, JsonNode patch) {
        ObjectNode before = objects.get(path);
        if (before == null) {
            return 404;
        }
        String wanted = patch.path("metadata").path("resourceVersion").asString("");
        if (!wanted.isEmpty() && !wanted.equals(before.path("metadata").path("resourceVersion").asString(""))) {
            return 409;
        }
        ObjectNode after = before.deepCopy();
        merge(after, patch);
        store(path, after, "MODIFIED");
        return 200;
    }

    private static void merge(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(one -> {
            if (one.getValue().isNull()) {
                target.remove(one.getKey());
            } else if (one.getValue().isObject()) {
                JsonNode inner = target.path(one.getKey());
                merge(inner.isObject() ? (ObjectNode) inner : target.putObject(one.getKey()), one.getValue());
            } else {
                target.set(one.getKey(), one.getValue());
            }
        });
    }

    /** A strategic patch of a status, as far as conditions go: merged by type, {@code $patch: delete} takes one away. */
    synchronized int strategicStatusPatch(String path, JsonNode patch) {
        ObjectNode before = objects.get(path);
        if (before == null) {
            return 404;
        }
        ObjectNode after = before.deepCopy();
        ObjectNode status = after.path("status").isObject()
                ? (ObjectNode) after.path("status")
                : after.putObject("status");
        Map<String, JsonNode> byType = new TreeMap<>();
        status.path("conditions").forEach(one -> byType.put(one.path("type").asString(""), one));
        for (JsonNode one : patch.path("status").path("conditions")) {
            String type = one.path("type").asString("");
            if (one.path("$patch").asString("").equals("delete")) {
                byType.remove(type);
            } else {
                ObjectNode merged = byType.containsKey(type)
                        ? (ObjectNode) byType.get(type).deepCopy()
                        : JSON.createObjectNode();
                merge(merged, one);
                byType.put(type, merged);
            }
        }
        ArrayNode conditions = status.putArray("conditions");
        byType.values().forEach(conditions::add);
        store(path, after, "MODIFIED");
        return 200;
    }

    /**
     * Begins to delete a pod: it stays, marked, until its kubelet says that it is gone. A second delete can shorten the
     * grace and never lengthen it; a grace of zero takes the object away at once.
     */
    synchronized int delete(String path, JsonNode options) {
        ObjectNode before = objects.get(path);
        if (before == null) {
            return 404;
        }
        String uid = options.path("preconditions").path("uid").asString("");
        if (!uid.isEmpty() && !uid.equals(before.path("metadata").path("uid").asString(""))) {
            return 409;
        }
        int spec = before.path("spec").path("terminationGracePeriodSeconds").asInt(30);
        int grace = options.path("gracePeriodSeconds").asInt(spec);
        ObjectNode after = before.deepCopy();
        ObjectNode metadata = (ObjectNode) after.path("metadata");
        if (grace == 0) {
            store(path, after, "DELETED");
            return 200;
        }
        int already = metadata.path("deletionGracePeriodSeconds").asInt(Integer.MAX_VALUE);
        if (grace < already) {
            metadata.put("deletionGracePeriodSeconds", grace);
            metadata.put("deletionTimestamp",
                    Instant.now().plusSeconds(grace).truncatedTo(ChronoUnit.SECONDS).toString());
            store(path, after, "MODIFIED");
        }
        return 200;
    }
}
