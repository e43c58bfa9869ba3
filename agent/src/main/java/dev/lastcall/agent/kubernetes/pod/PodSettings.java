// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which pods are drained, and how where their annotations do not say. Immutable.
 *
 * @param resources whose request makes a pod one to drain, such as {@code nvidia.com/mig-*}
 * @param otherResources extended resources that are no accelerators
 * @param label a label, {@code key=value}, that makes any pod one to drain
 * @param port where a server serves that names no port
 * @param policy how a pod goes
 * @param lead how long before the node's deadline the kubelet ends ordinary pods; empty for what the cloud is known
 *        for
 */
public record PodSettings(List<String> resources, List<String> otherResources, String label, int port, Policy policy,
        Optional<Duration> lead) {

    /** How long GKE's kubelet keeps for the system's pods, of the 30 s that a node has. Google's documentation of spot VMs. */
    public static final Duration GKE_SYSTEM_SHARE = Duration.ofSeconds(15);

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
        resources = List.copyOf(resources);
        otherResources = List.copyOf(otherResources);
    }

    /** As the device plugins of these vendors name accelerators, whole, sliced, shared and partitioned. */
    private static final List<String> ACCELERATORS = List.of("nvidia.com/gpu", "nvidia.com/gpu.*",
            "nvidia.com/mig-*", "nvidia.com/*.shared", "amd.com/gpu*", "amd.com/*px_nps*", "google.com/tpu",
            "aws.amazon.com/neuron*", "habana.ai/gaudi*", "gpu.intel.com/*", "npu.intel.com/*",
            "huawei.com/Ascend*", "cambricon.com/*", "qualcomm.com/qaic*", "furiosa.ai/*", "rebellions.ai/*",
            "tenstorrent.com/*");

    /** Networks, devices of the machine and what virtual machines need. */
    private static final List<String> OTHERS = List.of("vpc.amazonaws.com/*", "rdma/*", "nvidia.com/hostdev",
            "nvidia.com/rdma*", "intel.com/*sriov*", "openshift.io/*", "networking.gke.io.networks/*",
            "devices.kubevirt.io/*", "smarter-devices/*", "github.com/fuse", "squat.ai/*");

    /** Pods with accelerators, evicted. */
    public static final PodSettings DEFAULT = new PodSettings(ACCELERATORS, OTHERS, "lastcall.dev/drain=true", 8000,
            Policy.EVICT, Optional.empty());
}
