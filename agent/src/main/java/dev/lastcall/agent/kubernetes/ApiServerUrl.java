// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Where the API server is, as the kubelet's variables in every container say. */
public final class ApiServerUrl {

    private ApiServerUrl() {}

    /** The address from the environment of a pod; empty outside a cluster. */
    public static Optional<URI> inCluster(Map<String, String> environment) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            return Optional.empty();
        }
        String literal = host.contains(":") ? "[" + host + "]" : host;
        return Optional.of(URI.create("https://" + literal + ":" + port));
    }
}
