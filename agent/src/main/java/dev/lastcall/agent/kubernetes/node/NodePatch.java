// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of the patches to a node, from what the node is. Pure. */
final class NodePatch {

    /** Keeps new pods off a node that is going. */
    static final String INTERRUPTED = "lastcall.dev/interrupted";

    /** Keeps pods off a node whose models are not there yet; the provisioner puts it there. */
    static final String COLD = "lastcall.dev/cold";

    /** Says that the cordon is ours. */
    static final String CORDONED = "lastcall.dev/cordoned";

    /** When the node is gone, in RFC 3339, for controllers. */
    static final String DEADLINE = "lastcall.dev/deadline";

    /** Says whether this node would be drained at a notice. */
    static final String PROTECTED = "lastcall.dev/Protected";

    private static final int MAX_MESSAGE = 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NodePatch() {}

    /** A strategic patch of the status: these conditions are true. */
    static JsonNode conditions(List<String> types, Mark mark, Instant now) {
        ObjectNode patch = JSON.createObjectNode();
        ArrayNode conditions = patch.putObject("status").putArray("conditions");
        String stamp = now.truncatedTo(ChronoUnit.SECONDS).toString();
        types.forEach(type -> conditions.addObject()
                .put("type", type)
                .put("status", "True")
                .put("reason", mark.reason())
                .put("message", mark.message())
                .put("lastHeartbeatTime", stamp)
                .put("lastTransitionTime", stamp));
        return patch;
    }

    /** A strategic patch of the status: whether the node is protected, or no word of it. */
    static JsonNode protection(Protection protection, Instant now) {
        ObjectNode patch = JSON.createObjectNode();
        ObjectNode condition = patch.putObject("status").putArray("conditions").addObject().put("type", PROTECTED);
        switch (protection) {
            case Protection.Protected _ -> said(condition, "True", "Protected",
                    "A notice would be seen, and what has to be drained would be.", now);
            case Protection.Unprotected(String reason, String message) -> said(condition, "False", reason,
                    message.substring(0, Math.min(message.length(), MAX_MESSAGE)), now);
            case Protection.Unsaid _ -> condition.put("$patch", "delete");
        }
        return patch;
    }

    private static void said(ObjectNode condition, String status, String reason, String message, Instant now) {
        String stamp = now.truncatedTo(ChronoUnit.SECONDS).toString();
        condition.put("status", status)
                .put("reason", reason)
                .put("message", message)
                .put("lastHeartbeatTime", stamp)
                .put("lastTransitionTime", stamp);
    }

    /**
     * A strategic patch of the status that takes away the conditions that are ours by their reason, whatever types are
     * configured now: a former life may have had others. Empty where there is none.
     */
    static Optional<JsonNode> withoutConditions(JsonNode node) {
        ObjectNode patch = JSON.createObjectNode();
        ArrayNode conditions = patch.putObject("status").putArray("conditions");
        for (JsonNode condition : node.path("status").path("conditions")) {
            String type = condition.path("type").asString("");
            if (condition.path("reason").asString("").startsWith(Mark.REASON_PREFIX)) {
                conditions.addObject().put("type", type).put("$patch", "delete");
            }
        }
        return conditions.isEmpty() ? Optional.empty() : Optional.of(patch);
    }

    /** A merge patch that puts taint, cordon and deadline on the node as it is; empty where they are there. */
    static Optional<JsonNode> interrupted(JsonNode node, Mark mark, boolean taint, boolean cordon) {
        ObjectNode patch = base(node);
        boolean changed = false;
        ObjectNode annotations = JSON.createObjectNode();
        String deadline = mark.deadline().toString();
        if (!annotation(node, DEADLINE).equals(deadline)) {
            annotations.put(DEADLINE, deadline);
            changed = true;
        }
        ObjectNode spec = JSON.createObjectNode();
        if (taint && !hasTaint(node, INTERRUPTED)) {
            ArrayNode taints = spec.putArray("taints");
            node.path("spec").path("taints").forEach(taints::add);
            taints.addObject().put("key", INTERRUPTED).put("value", "true").put("effect", "NoSchedule");
            changed = true;
        }
        if (cordon && !node.path("spec").path("unschedulable").asBoolean(false)) {
            spec.put("unschedulable", true);
            annotations.put(CORDONED, "true");
            changed = true;
        }
        return changed ? Optional.of(filled(patch, annotations, spec)) : Optional.empty();
    }

    /**
     * A merge patch that takes away what {@link #interrupted} has put there; empty where there is nothing of ours, and on
     * a node that is being deleted, because the one that deletes it wants it as it is.
     */
    static Optional<JsonNode> released(JsonNode node) {
        boolean ours = hasTaint(node, INTERRUPTED) || !annotation(node, CORDONED).isEmpty()
                || !annotation(node, DEADLINE).isEmpty();
        if (!ours || node.path("metadata").has("deletionTimestamp")) {
            return Optional.empty();
        }
        ObjectNode annotations = JSON.createObjectNode().putNull(DEADLINE).putNull(CORDONED);
        ObjectNode spec = JSON.createObjectNode();
        if (hasTaint(node, INTERRUPTED)) {
            spec.set("taints", taintsBut(node, INTERRUPTED));
        }
        if (!annotation(node, CORDONED).isEmpty()) {
            spec.putNull("unschedulable");
        }
        return Optional.of(filled(base(node), annotations, spec));
    }

    /** A merge patch that takes the cold taint away; empty where it is not there. */
    static Optional<JsonNode> warm(JsonNode node) {
        if (!hasTaint(node, COLD)) {
            return Optional.empty();
        }
        ObjectNode spec = JSON.createObjectNode();
        spec.set("taints", taintsBut(node, COLD));
        return Optional.of(filled(base(node), JSON.createObjectNode(), spec));
    }

    /** With the version that was read, so that the server refuses if another client has changed the node meanwhile. */
    private static ObjectNode base(JsonNode node) {
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("metadata")
                .put("resourceVersion", node.path("metadata").path("resourceVersion").asString(""));
        return patch;
    }

    private static ObjectNode filled(ObjectNode patch, ObjectNode annotations, ObjectNode spec) {
        if (!annotations.isEmpty() && patch.path("metadata") instanceof ObjectNode metadata) {
            metadata.set("annotations", annotations);
        }
        if (!spec.isEmpty()) {
            patch.set("spec", spec);
        }
        return patch;
    }

    private static String annotation(JsonNode node, String key) {
        return node.path("metadata").path("annotations").path(key).asString("");
    }

    private static boolean hasTaint(JsonNode node, String key) {
        for (JsonNode taint : node.path("spec").path("taints")) {
            if (taint.path("key").asString("").equals(key)) {
                return true;
            }
        }
        return false;
    }

    private static ArrayNode taintsBut(JsonNode node, String key) {
        List<JsonNode> kept = new ArrayList<>();
        node.path("spec").path("taints").forEach(taint -> {
            if (!taint.path("key").asString("").equals(key)) {
                kept.add(taint);
            }
        });
        return JSON.createArrayNode().addAll(kept);
    }
}
