// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

/** Reads a pod out of what the API server says of it. Immutable; never throws for what is in there. */
final class PodParser {

    /** The readiness gate, and the condition that answers it. */
    static final String OPEN = "lastcall.dev/open";

    /** The container that is a gate. */
    static final String GATE = "lastcall-gate";

    /** Where a gate serves its status, unless its container has a port named {@code lastcall}. */
    static final int GATE_STATUS_PORT = 9809;

    /** A preStop hook with a path that begins so waits for idle before the server is asked to stop. */
    static final String HOLD_PATH = "/v1/hold";

    private static final int DEFAULT_GRACE = 30;
    private static final Pattern ADDRESS = Pattern
            .compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]{0,40}:[0-9a-fA-F:.]{0,40}");

    private final PodSettings settings;
    private final Accelerators accelerators;

    PodParser(PodSettings settings) {
        this.settings = settings;
        this.accelerators = new Accelerators(settings.resources(), settings.otherResources());
    }

    /** Whether a pod is one to drain. */
    private enum Choice {
        CHOSEN, LEFT_ALONE, NOT_KNOWN_AS_ONE
    }

    Pod parse(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        JsonNode spec = pod.path("spec");
        JsonNode status = pod.path("status");
        PodAnnotations annotations = PodAnnotations.read(metadata.path("annotations"));
        Choice choice = choice(metadata, spec, annotations);
        String phase = status.path("phase").asString("");
        return new Pod(metadata.path("namespace").asString(""), metadata.path("name").asString(""),
                metadata.path("uid").asString(""), app(metadata.path("labels")), ip(status),
                annotations.port().orElseGet(() -> port(spec)), choice == Choice.CHOSEN,
                choice == Choice.NOT_KNOWN_AS_ONE ? accelerators.unknown(spec) : List.of(),
                phase.equals("Succeeded") || phase.equals("Failed"), leavingBy(metadata),
                Duration.ofSeconds(Math.max(0, spec.path("terminationGracePeriodSeconds").asInt(DEFAULT_GRACE))),
                open(status), asksForOpen(spec), gatePort(spec),
                annotations.holds().orElseGet(() -> hasHoldingHook(spec)), annotations);
    }

    private static String app(JsonNode labels) {
        return labels.path("app.kubernetes.io/name").asString(labels.path("app").asString(""));
    }

    /** What the pod says itself goes before what it has. */
    private Choice choice(JsonNode metadata, JsonNode spec, PodAnnotations annotations) {
        if (isLeftAlone(metadata)) {
            return Choice.LEFT_ALONE;
        }
        if (annotations.drain().isPresent()) {
            return annotations.drain().get() ? Choice.CHOSEN : Choice.LEFT_ALONE;
        }
        return isLabelled(metadata) || accelerators.has(spec) ? Choice.CHOSEN : Choice.NOT_KNOWN_AS_ONE;
    }

    /** A DaemonSet's pod would come back at once, and a static pod's object is only a mirror. */
    private static boolean isLeftAlone(JsonNode metadata) {
        for (JsonNode owner : metadata.path("ownerReferences")) {
            String kind = owner.path("kind").asString("");
            if (kind.equals("DaemonSet") || kind.equals("Node")) {
                return true;
            }
        }
        return metadata.path("annotations").has("kubernetes.io/config.mirror");
    }

    private boolean isLabelled(JsonNode metadata) {
        int equals = settings.label().indexOf('=');
        return equals > 0 && metadata.path("labels")
                .path(settings.label().substring(0, equals))
                .asString("\n")
                .equals(settings.label().substring(equals + 1));
    }

    /** The first port of the container with the accelerator, else of the first container. */
    private int port(JsonNode spec) {
        return port(accelerators.container(spec).orElse(spec.path("containers").path(0)).path("ports").path(0),
                settings.port());
    }

    private static int port(JsonNode port, int otherwise) {
        int number = port.path("containerPort").asInt(otherwise);
        return number > 0 && number <= 65535 ? number : otherwise;
    }

    /** A pod's status can be written by more than its kubelet: what is no address is none yet. */
    private static String ip(JsonNode status) {
        String ip = status.path("podIP").asString("");
        return ADDRESS.matcher(ip).matches() ? ip : "";
    }

    private static Optional<Instant> leavingBy(JsonNode metadata) {
        String text = metadata.path("deletionTimestamp").asString("");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException malformed) {
            return Optional.of(Instant.MAX);
        }
    }

    private static Optional<Boolean> open(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asString("").equals(OPEN)) {
                return Optional.of(condition.path("status").asString("").equals("True"));
            }
        }
        return Optional.empty();
    }

    private static boolean asksForOpen(JsonNode spec) {
        for (JsonNode gate : spec.path("readinessGates")) {
            if (gate.path("conditionType").asString("").equals(OPEN)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Integer> gatePort(JsonNode spec) {
        for (JsonNode container : spec.path("initContainers")) {
            if (container.path("name").asString("").equals(GATE)
                    && container.path("restartPolicy").asString("").equals("Always")) {
                for (JsonNode port : container.path("ports")) {
                    if (port.path("name").asString("").equals("lastcall")) {
                        return Optional.of(port(port, GATE_STATUS_PORT));
                    }
                }
                return Optional.of(GATE_STATUS_PORT);
            }
        }
        return Optional.empty();
    }

    private static boolean hasHoldingHook(JsonNode spec) {
        for (JsonNode container : Accelerators.lasting(spec)) {
            if (container.path("lifecycle")
                    .path("preStop")
                    .path("httpGet")
                    .path("path")
                    .asString("")
                    .startsWith(HOLD_PATH)) {
                return true;
            }
        }
        return false;
    }
}
