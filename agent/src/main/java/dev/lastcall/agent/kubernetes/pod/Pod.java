// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pod of this node, as far as its drain is concerned. Immutable.
 *
 * @param namespace it is in
 * @param name of it
 * @param uid distinguishes it from a later pod of the same name
 * @param app the label {@code app.kubernetes.io/name} or {@code app}; empty without one
 * @param ip its address; empty until it has one
 * @param port where its server serves
 * @param chosen whether it is one to drain
 * @param unknownResources extended resources of a pod that is not chosen which could be accelerators
 * @param ended whether its containers have ended
 * @param leavingBy when it is to be gone by its present deletion; empty while it is not being deleted
 * @param grace its own {@code terminationGracePeriodSeconds}
 * @param open what its condition {@code lastcall.dev/open} says; empty where it asks for none or has none yet
 * @param asksForOpen whether it has a readiness gate of that name
 * @param gatePort where its gate, a sidecar, serves its status; empty without a gate
 * @param holdsDoor whether it keeps the kubelet from ending its server before it is idle, so that it may be deleted at once
 * @param annotations what it asks for itself
 */
record Pod(String namespace, String name, String uid, String app, String ip, int port, boolean chosen,
        List<String> unknownResources, boolean ended, Optional<Instant> leavingBy, Duration grace,
        Optional<Boolean> open, boolean asksForOpen,
        Optional<Integer> gatePort, boolean holdsDoor, PodAnnotations annotations) {

    Pod {
        unknownResources = List.copyOf(unknownResources);
    }

    /** Its name among the servers of the node. */
    String serverName() {
        return namespace + "/" + name;
    }

    /** Where it is in the API. */
    String path() {
        return "/api/v1/namespaces/" + namespace + "/pods/" + name;
    }
}
