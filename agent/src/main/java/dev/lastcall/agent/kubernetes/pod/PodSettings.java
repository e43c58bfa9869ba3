// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which pods are drained, and how where their annotations do not say. Immutable.
 *
 * @param resources whose request makes a pod one to drain, such as {@code nvidia.com/mig-*}
 * @param otherResources extended resources that are no accelerators
 * @param label a label, {@code key=value}, that makes any pod one to drain
 * @param port where a server serves that names no port
 * @param policy how a pod goes
 * @param lead how long before the node's deadline the kubelet ends ordinary pods; asked once for each pod
 */
public record PodSettings(Set<String> resources, Set<String> otherResources, String label, int port, Policy policy,
        Supplier<Duration> lead) {

    /** How a pod goes. */
    public enum Policy {
        /** By eviction; where a disruption budget refuses for too long, by deletion. */
        EVICT("evict"),
        /** By deletion. */
        DELETE("delete"),
        /** Not at all: the door is closed and what is in flight is waited for. */
        LEAVE("leave");

        private final String word;

        Policy(String word) {
            this.word = word;
        }

        /** As configuration and annotations have it. */
        public String word() {
            return word;
        }
    }

    public PodSettings {
        resources = Set.copyOf(resources);
        otherResources = Set.copyOf(otherResources);
    }

    /** Pods with GPUs, evicted. */
    public static final PodSettings DEFAULT = new PodSettings(Set.of("nvidia.com/gpu", "amd.com/gpu"), Set.of(),
            "lastcall.dev/drain=true", 8000, Policy.EVICT, () -> Duration.ZERO);
}
