// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.kubernetes.node.OwnMarks;
import dev.lastcall.agent.kubernetes.signal.Signal;
import dev.lastcall.agent.kubernetes.signal.SignalPreset;
import dev.lastcall.agent.kubernetes.signal.SignalPreset.Disruption;
import dev.lastcall.agent.kubernetes.signal.SignalRule;
import dev.lastcall.agent.kubernetes.signal.SignalRule.NamedTime;
import dev.lastcall.agent.kubernetes.signal.SignalRule.Urgency;
import dev.lastcall.agent.kubernetes.signal.SignalSettings;
import dev.lastcall.metadata.generic.GenericSettings;
import org.jspecify.annotations.Nullable;

/** What on the node's own object is a notice. */
final class SignalSchema {

    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
    private static final String KEY = "([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?" + NAME;
    private static final String VALUE = "[^\\p{Cntrl}]{1,200}";
    private static final String TRUE = "True";

    private SignalSchema() {}

    /** @param marked the types of the conditions that the agent itself sets */
    static SignalSettings read(Section section, List<String> marked) {
        List<SignalPreset> presets = section.values("presets", ValueType.word(SignalPreset.values()), List.of(),
                "Whose signals on this node's own object are notices. They need `list` and `watch` of nodes: "
                        + "`k8s/node-signals`.");
        Disruption disruption = section.value("onDisruption", ValueType.word(Disruption.values()), Disruption.ADVISE,
                "What follows where Karpenter or the cluster autoscaler takes the node out: nothing, an advisory notice, "
                        + "or the drain.");
        List<Optional<SignalRule>> own = section.sections("rules", SignalSchema::rule);
        List<SignalRule> rules = new ArrayList<>();
        presets.stream().distinct().forEach(preset -> rules.addAll(preset.rules(disruption)));
        own.forEach(rule -> rule.ifPresent(rules::add));
        SignalSettings settings = new SignalSettings(rules, presets.stream().anyMatch(SignalPreset::isOnlySource));
        settings.conditionTypes()
                .stream()
                .filter(marked::contains)
                .sorted()
                .forEach(type -> section.conflict("",
                        "reads the condition " + type
                                + ", and kubernetes.marks.conditions has the agent set it: remove it there, "
                                + "because what others say under it could not be seen any more"));
        return settings;
    }

    /** Empty where what is read makes no rule, which is a problem then. */
    private static Optional<SignalRule> rule(Section section) {
        String label = section.optional("label", key("a label"), "none", "A label that is the signal.");
        String taint = section.optional("taint", key("a taint"), "none",
                "The key of a taint that is the signal, whatever its effect is.");
        String annotation = section.optional("annotation", key("an annotation"), "none",
                "An annotation that is the signal.");
        String condition = section.optional("condition", key("a condition"), "none",
                "The type of a condition that is the signal.");
        String value = section.optional("value",
                ValueType.text("at most 200 characters, none a control character", VALUE),
                "any", "What the label, the taint or the annotation must have as its value.");
        String status = section.value("status", ValueType.text("True, False or Unknown", "True|False|Unknown"), TRUE,
                "What the condition must have as its status.");
        boolean isFinal = section.value("final", ValueType.flag(), true,
                "Whether it drains the node; `false` publishes it.");
        Duration window = section.value("window", Limits.LONG_WINDOW, GenericSettings.WINDOW,
                "Time left where the node names none. With a deadline: how long before it the drain begins.");
        String inAnnotation = section.optional("deadlineAnnotation", key("an annotation"), "none",
                "The annotation that names the time at which the node is gone: RFC 3339, RFC 1123, or seconds since 1970.");
        String inLabel = section.optional("deadlineLabel", key("a label"), "none",
                "The label that names that time, as a label can only in seconds since 1970.");
        List<String> set = section.setAmong("label", "taint", "annotation", "condition");
        if (set.size() != 1) {
            section.conflict("", "needs exactly one of label, taint, annotation, condition; it has "
                    + (set.isEmpty() ? "none" : String.join(" and ", set)));
            return Optional.empty();
        }
        if (inAnnotation != null && inLabel != null) {
            section.conflict("deadlineLabel", "and deadlineAnnotation are both set; remove one of them");
        }
        if (condition != null && value != null) {
            section.conflict("value", "does not go with condition; a condition has a status");
        }
        if (condition == null && !section.setAmong("status").isEmpty()) {
            section.conflict("status", "goes with condition only; give a value");
        }
        Optional<Signal> signal = signal(section, label, taint, annotation, condition, Optional.ofNullable(value),
                status);
        NamedTime time = inAnnotation != null
                ? new NamedTime.InAnnotation(inAnnotation)
                : inLabel != null ? new NamedTime.InLabel(inLabel) : NamedTime.NOWHERE;
        Urgency urgency = !isFinal
                ? Urgency.ADVISORY
                : time.equals(NamedTime.NOWHERE) ? Urgency.NOW : Urgency.NEAR_DEADLINE;
        return signal.map(one -> SignalRule.configured(one, urgency, window, time));
    }

    private static Optional<Signal> signal(Section section, @Nullable String label, @Nullable String taint,
            @Nullable String annotation, @Nullable String condition, Optional<String> value, String status) {
        if (label != null && isOthers(section, "label", label, OwnMarks.isOwnName(label))) {
            return Optional.of(new Signal.Label(label, value));
        }
        if (taint != null && isOthers(section, "taint", taint, OwnMarks.isOwnTaint(taint))) {
            return Optional.of(new Signal.Taint(taint, value));
        }
        if (annotation != null && isOthers(section, "annotation", annotation, OwnMarks.isOwnName(annotation))) {
            return Optional.of(new Signal.Annotation(annotation, value));
        }
        if (condition != null && isOthers(section, "condition", condition, OwnMarks.isOwnName(condition))) {
            return Optional.of(new Signal.Condition(condition, status, Signal.MessageTest.ANY));
        }
        return Optional.empty();
    }

    private static boolean isOthers(Section section, String key, String name, boolean own) {
        if (own) {
            section.conflict(key, name + " is set by the agent, or follows from its cordon: it cannot be a notice");
        }
        return !own;
    }

    private static ValueType<String> key(String what) {
        return ValueType.text("the name of " + what + ", as Kubernetes allows them", KEY);
    }
}
