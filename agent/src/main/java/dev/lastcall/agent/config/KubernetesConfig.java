// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the agent does as a node's agent in a Kubernetes cluster.
 *
 * @param node the node's name
 * @param apiServer where the API is; null for the one that the pod's environment names
 * @param serviceAccount the directory with the token and the authorities
 * @param marks what a final notice leaves on the node
 * @param pods which pods are drained
 */
public record KubernetesConfig(String node, @Nullable URI apiServer, Path serviceAccount, Marks marks, Pods pods) {

    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final String LABEL = "[A-Za-z0-9][A-Za-z0-9._/-]{0,200}";

    /** How a pod goes. */
    public enum Policy {
        /** Evicted, and deleted where its disruption budget refuses for too long. */
        EVICT,
        /** Deleted. */
        DELETE,
        /** Left alone. */
        LEAVE
    }

    /**
     * What a final notice leaves on the node.
     *
     * @param taint whether it is tainted
     * @param cordon whether it is cordoned
     * @param conditions types of the conditions that become true
     * @param events whether events are left on it
     */
    public record Marks(boolean taint, boolean cordon, List<String> conditions, boolean events) {

        static Marks read(Section section) {
            return new Marks(
                    section.value("taint", ValueType.flag(), true,
                            "Whether the node is tainted `lastcall.dev/interrupted:NoSchedule`."),
                    section.value("cordon", ValueType.flag(), true, "Whether the node is cordoned."),
                    section.values("conditions",
                            ValueType.text("a type of condition such as GCESpotPreempting", LABEL),
                            List.of("lastcall.dev/Interrupted"),
                            "Node conditions that become true, with the deadline in the message. Karpenter's "
                                    + "providers read `GCESpotPreempting` and `PreemptionScheduled`."),
                    section.value("events", ValueType.flag(), true, "Whether events are left on the node."));
        }
    }

    /**
     * Which pods are drained.
     *
     * @param resources whose request makes a pod one to drain; {@code *} matches any characters
     * @param otherResources extended resources that are no accelerators; the same
     * @param label a label that makes any pod one to drain
     * @param port of a server that names none
     * @param policy how a pod goes
     * @param lead how long before the node's deadline the kubelet ends ordinary pods; null for what the cloud is known for
     */
    public record Pods(List<String> resources, List<String> otherResources, String label, int port, Policy policy,
            @Nullable Duration lead) {

        private static final int MAX_PORT = 65535;
        private static final String RESOURCE = "[A-Za-z0-9*][A-Za-z0-9*._/-]{0,300}";

        /** As the device plugins of these vendors name them, whole, sliced, shared and partitioned. */
        private static final List<String> ACCELERATORS = List.of("nvidia.com/gpu", "nvidia.com/gpu.*",
                "nvidia.com/mig-*", "nvidia.com/*.shared", "amd.com/gpu*", "amd.com/*px_nps*", "google.com/tpu",
                "aws.amazon.com/neuron*", "habana.ai/gaudi*", "gpu.intel.com/*", "npu.intel.com/*",
                "huawei.com/Ascend*", "cambricon.com/*", "qualcomm.com/qaic*", "furiosa.ai/*", "rebellions.ai/*",
                "tenstorrent.com/*");

        /** Networks, devices of the machine and what virtual machines need. */
        private static final List<String> OTHERS = List.of("vpc.amazonaws.com/*", "rdma/*", "nvidia.com/hostdev",
                "nvidia.com/rdma*", "intel.com/*sriov*", "openshift.io/*", "networking.gke.io.networks/*",
                "devices.kubevirt.io/*", "smarter-devices/*", "github.com/fuse", "squat.ai/*");

        static Pods read(Section section) {
            return new Pods(
                    section.values("resources", ValueType.text("a resource such as nvidia.com/mig-*", RESOURCE),
                            ACCELERATORS,
                            "A pod that requests one of these is drained, and so is one with a claim in "
                                    + "`spec.resourceClaims`; `*` matches any characters."),
                    section.values("otherResources", ValueType.text("a resource such as vpc.amazonaws.com/*", RESOURCE),
                            OTHERS,
                            "Extended resources that are no accelerators. A pod that requests one that is on neither "
                                    + "list is named in the condition `unknown-accelerator`."),
                    section.value("label",
                            ValueType.text("a label such as lastcall.dev/drain=true", LABEL + "=[A-Za-z0-9._-]{0,63}"),
                            "lastcall.dev/drain=true", "A pod with this label is drained, whatever it requests."),
                    section.value("port", ValueType.number(1, MAX_PORT), 8000,
                            "Where a pod serves that names no port."),
                    section.value("policy", ValueType.word(Policy.values()), Policy.EVICT,
                            "How a pod goes that does not say: by eviction (and by deletion where its disruption "
                                    + "budget refuses for too long), by deletion, or not at all."),
                    section.optional("lead", Limits.PHASE, "15s on GCP with a notice of 30s, else 0s",
                            "How long before the node's deadline the kubelet ends ordinary pods."));
        }
    }

    static KubernetesConfig read(Section section) {
        return new KubernetesConfig(
                section.required("node",
                        ValueType.text("the name of a node", "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"), "unnamed",
                        "This node's name, from the downward API's `spec.nodeName`. Setting it is what turns "
                                + "Kubernetes on."),
                section.optional("apiServer", ValueType.url(), "the pod's own cluster", "Where the API is."),
                section.value("serviceAccount", ValueType.absolutePath(), SERVICE_ACCOUNT,
                        "The directory with `token` and `ca.crt`."),
                section.section("marks", Marks::read),
                section.section("pods", Pods::read));
    }
}
