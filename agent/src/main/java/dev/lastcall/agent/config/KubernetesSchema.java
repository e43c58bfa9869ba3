// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.agent.kubernetes.ServiceAccount;
import dev.lastcall.agent.kubernetes.node.NodeMarkSettings;
import dev.lastcall.agent.kubernetes.pod.PodSettings;
import dev.lastcall.agent.kubernetes.signal.SignalSettings;
import dev.lastcall.agent.values.Durations;
import dev.lastcall.metadata.gcp.GcpSettings;

/** What the agent does as a node's agent in a Kubernetes cluster. */
final class KubernetesSchema {

    private static final String LABEL = "[A-Za-z0-9][A-Za-z0-9._/-]{0,200}";
    private static final String RESOURCE = "[A-Za-z0-9*][A-Za-z0-9*._/-]{0,300}";
    private static final PodSettings PODS = PodSettings.DEFAULT;
    private static final String LEAD = Durations.format(PodSettings.GKE_SYSTEM_SHARE) + " on GCP with a notice of "
            + Durations.format(GcpSettings.PREEMPTION_NOTICE) + ", else 0s";
    private static final int MAX_PORT = 65535;

    private KubernetesSchema() {}

    static KubernetesSettings read(Section section) {
        String node = section.required("node",
                ValueType.text("the name of a node", NodeMarkSettings.NODE_NAME), "unnamed",
                "This node's name, from the downward API's `spec.nodeName`. Setting it is what turns "
                        + "Kubernetes on.");
        URI apiServer = section.optional("apiServer", ValueType.url(), "the pod's own cluster", "Where the API is.");
        Path serviceAccount = section.value("serviceAccount", ValueType.absolutePath(),
                ServiceAccount.DEFAULT_DIRECTORY,
                "The directory with `token` and `ca.crt`.");
        NodeMarkSettings marks = section.section("marks", one -> marks(one, NodeMarkSettings.of(node)));
        PodSettings pods = section.section("pods", KubernetesSchema::pods);
        SignalSettings signals = section.section("nodeSignals", one -> SignalSchema.read(one, marks.conditions()));
        return new KubernetesSettings(Optional.ofNullable(apiServer), serviceAccount, marks, pods, signals);
    }

    private static NodeMarkSettings marks(Section section, NodeMarkSettings plain) {
        return new NodeMarkSettings(plain.node(),
                section.value("taint", ValueType.flag(), plain.taint(),
                        "Whether the node is tainted `lastcall.dev/interrupted:NoSchedule`."),
                section.value("cordon", ValueType.flag(), plain.cordon(), "Whether the node is cordoned."),
                section.values("conditions", ValueType.text("a type of condition such as GCESpotPreempting", LABEL),
                        plain.conditions(),
                        "Node conditions that become true, with the deadline in the message. Karpenter's "
                                + "providers read `GCESpotPreempting` and `PreemptionScheduled`."),
                section.value("events", ValueType.flag(), plain.events(), "Whether events are left on the node."));
    }

    private static PodSettings pods(Section section) {
        return new PodSettings(
                section.values("resources", ValueType.text("a resource such as nvidia.com/mig-*", RESOURCE),
                        PODS.resources(),
                        "A pod that requests one of these is drained, and so is one with a claim in "
                                + "`spec.resourceClaims`; `*` matches any characters."),
                section.values("otherResources", ValueType.text("a resource such as vpc.amazonaws.com/*", RESOURCE),
                        PODS.otherResources(),
                        "Extended resources that are no accelerators. A pod that requests one that is on neither "
                                + "list is named in the condition `unknown-accelerator`."),
                section.value("label",
                        ValueType.text("a label such as " + PODS.label(), LABEL + "=[A-Za-z0-9._-]{0,63}"),
                        PODS.label(), "A pod with this label is drained, whatever it requests."),
                section.value("port", ValueType.number(1, MAX_PORT), PODS.port(),
                        "Where a pod serves that names no port."),
                section.value("policy", ValueType.word(PodSettings.Policy.values()), PODS.policy(),
                        "How a pod goes that does not say: by eviction (and by deletion where its disruption "
                                + "budget refuses for too long), by deletion, or not at all."),
                Optional.ofNullable(section.optional("lead", Limits.PHASE, LEAD,
                        "How long before the node's deadline the kubelet ends ordinary pods.")));
    }
}
