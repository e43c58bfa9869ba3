// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.kubernetes.signal.Signal.Condition;
import dev.lastcall.agent.kubernetes.signal.Signal.Label;
import dev.lastcall.agent.kubernetes.signal.Signal.MessageTest;
import dev.lastcall.agent.kubernetes.signal.Signal.Taint;
import dev.lastcall.agent.kubernetes.signal.SignalRule.NamedTime;
import dev.lastcall.agent.kubernetes.signal.SignalRule.Urgency;
import dev.lastcall.metadata.NoticeKind;

/** What is known of who writes what on a node that is to go. */
public enum SignalPreset {
    /**
     * CoreWeave's spot nodes: a label, and up to seven minutes until the drain ("Spot Node Pools", "Use Spot capacity with
     * SUNK"). Its conditions are for its own use ("Node Pools").
     */
    COREWEAVE,
    /** What the node-problem-detector of AKS says of Azure's scheduled events, with the time in the message. */
    AKS,
    /** Karpenter takes the node out: consolidation, drift, expiry and interruption alike. */
    KARPENTER,
    /** The cluster autoscaler takes the node out. */
    CLUSTER_AUTOSCALER,
    /** GKE stops a node for work on its host, or because it is taken back ("Manage GKE node disruption for GPUs and TPUs"). */
    GKE,
    /** Nebius plans work on the node (the condition that its Soperator drains for). It names no time. */
    NEBIUS;

    /** What a node does that another program takes out although its capacity is not taken back. */
    public enum Disruption {
        /** Nothing. */
        IGNORE,
        /** It is published. */
        ADVISE,
        /** The node drains. */
        DRAIN
    }

    /** Less than the seven minutes that there are at most. */
    private static final Duration COREWEAVE_WINDOW = Duration.ofMinutes(5);

    /** The least notice of a Preempt, and that of a spot VM of Google's. */
    private static final Duration SHORT = Duration.ofSeconds(30);

    /** The least notice of a Terminate that can be set on a scale set. */
    private static final Duration TERMINATE_WINDOW = Duration.ofMinutes(5);

    /** As for a Reboot that the metadata service announces. */
    private static final Duration MAINTENANCE_LEAD = Duration.ofMinutes(10);

    /** Neither of them names a time of its own unless it is configured to. */
    private static final Duration DISRUPTION_WINDOW = Duration.ofMinutes(2);

    /** AKS says so of a heightened risk, under the type of a preemption. */
    private static final String REBALANCE = "SpotRebalanceRecommendation";

    /** Its rules. */
    public List<SignalRule> rules(Disruption disruption) {
        return switch (this) {
            case COREWEAVE -> List.of(SignalRule.now(label("qos.coreweave.cloud/pending-preemption", "true"),
                    NoticeKind.PREEMPTION, COREWEAVE_WINDOW));
            case AKS -> aks();
            case KARPENTER -> disrupted("karpenter.sh/disrupted",
                    new NamedTime.InAnnotation("karpenter.sh/nodeclaim-termination-timestamp"), disruption);
            case CLUSTER_AUTOSCALER -> disrupted("ToBeDeletedByClusterAutoscaler", NamedTime.NOWHERE, disruption);
            case GKE -> List.of(
                    SignalRule.now(taint("cloud.google.com/impending-node-termination"), NoticeKind.MAINTENANCE, SHORT),
                    SignalRule.now(label("cloud.google.com/active-node-maintenance", "ONGOING"),
                            NoticeKind.MAINTENANCE, SHORT),
                    SignalRule
                            .advice(new Label("cloud.google.com/scheduled-maintenance-time", Optional.empty()),
                                    NoticeKind.MAINTENANCE)
                            .withTime(NamedTime.IN_SIGNAL));
            case NEBIUS -> List.of(
                    SignalRule.advice(Condition.of("NebiusMaintenanceScheduled"), NoticeKind.MAINTENANCE));
        };
    }

    /** Whether it is the only one that says that its nodes are taken back, and no metadata service says it as well. */
    public boolean isOnlySource() {
        return this == COREWEAVE;
    }

    private static List<SignalRule> aks() {
        return List.of(
                SignalRule.now(new Condition("PreemptionScheduled", "True", new MessageTest.BeginsOtherwise(REBALANCE)),
                        NoticeKind.PREEMPTION, SHORT).withTime(NamedTime.IN_SIGNAL),
                SignalRule.advice(new Condition("PreemptionScheduled", "True", new MessageTest.Begins(REBALANCE)),
                        NoticeKind.REBALANCE),
                // An older name.
                SignalRule.now(Condition.of("PreemptScheduled"), NoticeKind.PREEMPTION, SHORT)
                        .withTime(NamedTime.IN_SIGNAL),
                planned("TerminateScheduled", NoticeKind.SCALE_IN, Urgency.NEAR_DEADLINE, TERMINATE_WINDOW),
                // Without a time it may be one that is over, and this node its result.
                planned("RebootScheduled", NoticeKind.MAINTENANCE, Urgency.ONLY_NEAR_DEADLINE, MAINTENANCE_LEAD),
                planned("RedeployScheduled", NoticeKind.MAINTENANCE, Urgency.ONLY_NEAR_DEADLINE, MAINTENANCE_LEAD),
                SignalRule.advice(Condition.of("FreezeScheduled"), NoticeKind.FREEZE));
    }

    private static SignalRule planned(String type, NoticeKind kind, Urgency urgency, Duration lead) {
        return new SignalRule(Condition.of(type), kind, urgency, lead, NamedTime.IN_SIGNAL);
    }

    private static List<SignalRule> disrupted(String taint, NamedTime time, Disruption disruption) {
        return switch (disruption) {
            case IGNORE -> List.of();
            case ADVISE -> List.of(SignalRule.advice(taint(taint), NoticeKind.SCALE_IN).withTime(time));
            case DRAIN -> List.of(SignalRule.now(taint(taint), NoticeKind.SCALE_IN, DISRUPTION_WINDOW).withTime(time));
        };
    }

    private static Label label(String key, String value) {
        return new Label(key, Optional.of(value));
    }

    private static Taint taint(String key) {
        return new Taint(key, Optional.empty());
    }
}
