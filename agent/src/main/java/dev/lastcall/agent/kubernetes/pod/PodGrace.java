// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/**
 * How long a pod that is drained leaves its server between SIGTERM and SIGKILL.
 *
 * @param pod its namespace and name
 * @param grace its {@code terminationGracePeriodSeconds}
 */
public record PodGrace(String pod, Duration grace) {

    /** Of a pod's object; empty where these settings do not have it drained. */
    public static Optional<PodGrace> of(JsonNode object, PodSettings settings) {
        Pod pod = new PodParser(settings).parse(object);
        return pod.chosen() && !pod.ended()
                ? Optional.of(new PodGrace(pod.serverName(), pod.grace()))
                : Optional.empty();
    }
}
