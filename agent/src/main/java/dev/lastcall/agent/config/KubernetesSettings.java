// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.agent.kubernetes.node.NodeMarkSettings;
import dev.lastcall.agent.kubernetes.pod.PodSettings;
import dev.lastcall.agent.kubernetes.signal.SignalSettings;

/**
 * What the agent does as a node's agent in a Kubernetes cluster, put together from the settings of its parts.
 *
 * @param apiServer where the API is; empty for the one that the pod's environment names
 * @param serviceAccount the directory with the token and the authorities
 * @param marks what a final notice leaves on the node, and the node's name
 * @param pods which pods are drained
 * @param signals what on the node's own object is a notice
 */
public record KubernetesSettings(Optional<URI> apiServer, Path serviceAccount, NodeMarkSettings marks,
        PodSettings pods, SignalSettings signals) {

    /** The node's name. */
    public String node() {
        return marks.node();
    }
}
