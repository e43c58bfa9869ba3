// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.lastcall.agent.kubernetes.signal.Signal;
import dev.lastcall.agent.kubernetes.signal.SignalPreset;
import dev.lastcall.agent.kubernetes.signal.SignalPreset.Disruption;
import dev.lastcall.agent.kubernetes.signal.SignalRule;
import dev.lastcall.agent.kubernetes.signal.SignalRule.NamedTime;
import dev.lastcall.agent.kubernetes.signal.SignalRule.Urgency;
import dev.lastcall.agent.kubernetes.signal.SignalSettings;
import dev.lastcall.metadata.NoticeKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SignalSchemaTest {

    @TempDir
    Path directory;

    private ConfigText text;

    @BeforeEach
    void prepare() {
        text = new ConfigText(directory);
    }

    private SignalSettings read(String signals) {
        return signals(text.valid(yaml(signals), Map.of()));
    }

    private static SignalSettings signals(AgentConfig config) {
        return Objects.requireNonNull(config.kubernetes()).signals();
    }

    private List<String> problems(String signals) {
        return text.problems(yaml(signals), Map.of());
    }

    private static String yaml(String signals) {
        return "kubernetes: {node: gpu-1, nodeSignals: {" + signals + "}}";
    }

    @Test
    void theRulesOfThePresetsComeFirstAndThoseOfTheConfigurationThen() {
        SignalSettings settings = read(
                "presets: [karpenter, karpenter], onDisruption: drain, rules: [{condition: Going}]");
        assertThat(settings.rules()).startsWith(SignalPreset.KARPENTER.rules(Disruption.DRAIN).getFirst()).hasSize(2);
        assertThat(settings.onlySource()).isFalse();
        assertThat(read("presets: [coreweave]").onlySource()).isTrue();
    }

    @Test
    void aDisruptionIsPublishedUnlessTheConfigurationSaysOtherwise() {
        assertThat(read("presets: [karpenter]").rules()).isEqualTo(SignalPreset.KARPENTER.rules(Disruption.ADVISE));
    }

    @Test
    void theEnvironmentCanNameThePresets() {
        assertThat(signals(text.valid("kubernetes: {node: gpu-1}",
                Map.of("LASTCALL_KUBERNETES_NODE_SIGNALS_PRESETS", "gke,nebius"))).rules()).hasSize(4);
    }

    @Test
    void everyKeyOfARuleArrives() {
        assertThat(read("""
                rules: [{label: a/l, value: v, window: 7m, deadlineLabel: a/until},
                  {taint: a/t, value: w, final: false},
                  {annotation: a/n, window: 90s, deadlineAnnotation: a/till},
                  {condition: Going, status: "False", window: 3m}]
                """).rules()).containsExactly(
                new SignalRule(new Signal.Label("a/l", Optional.of("v")), NoticeKind.EXTERNAL, Urgency.NEAR_DEADLINE,
                        Duration.ofMinutes(7), new NamedTime.InLabel("a/until")),
                new SignalRule(new Signal.Taint("a/t", Optional.of("w")), NoticeKind.EXTERNAL, Urgency.ADVISORY,
                        Duration.ofMinutes(2), NamedTime.NOWHERE),
                new SignalRule(new Signal.Annotation("a/n", Optional.empty()), NoticeKind.EXTERNAL,
                        Urgency.NEAR_DEADLINE, Duration.ofSeconds(90), new NamedTime.InAnnotation("a/till")),
                new SignalRule(new Signal.Condition("Going", "False", Signal.MessageTest.ANY), NoticeKind.EXTERNAL,
                        Urgency.NOW, Duration.ofMinutes(3), NamedTime.NOWHERE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{window: 3m}|needs exactly one of label, taint, annotation, condition; it has none",
        "{label: a, taint: b}|needs exactly one of label, taint, annotation, condition; it has label and taint",
        "{condition: Going, value: x}|value: does not go with condition; a condition has a status",
        "{label: a, status: 'False'}|status: goes with condition only; give a value",
        "{label: a, deadlineLabel: b, deadlineAnnotation: c}|deadlineLabel: and deadlineAnnotation are both set",
        "{taint: lastcall.dev/interrupted}|taint: lastcall.dev/interrupted is set by the agent",
        "{taint: node.kubernetes.io/unschedulable}|or follows from its cordon: it cannot be a notice",
        "{annotation: lastcall.dev/deadline}|annotation: lastcall.dev/deadline is set by the agent",
        "{condition: lastcall.dev/Protected}|condition: lastcall.dev/Protected is set by the agent",
        "{label: lastcall.dev/x}|label: lastcall.dev/x is set by the agent",
        "{condition: Going, status: maybe}|allowed: True, False or Unknown",
        "{label: 'a b'}|is not; allowed: the name of a label",
        "{label: a, window: 0s}|is out of range"})
    void whatMakesNoRuleIsSaidAndWhy(String rule, String problem) {
        assertThat(problems("rules: [" + rule + "]")).singleElement().asString().contains(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"oracle", "aws"})
    void aPresetThatIsNotThereIsRefused(String preset) {
        assertThat(problems("presets: [" + preset + "]")).singleElement()
                .asString()
                .contains("allowed: coreweave, aks, karpenter, cluster-autoscaler, gke, nebius");
    }

    @Test
    void aConditionThatTheAgentSetsIsNotRead() {
        assertThat(text.problems("""
                kubernetes:
                  node: gpu-1
                  marks: {conditions: [lastcall.dev/Interrupted, PreemptionScheduled]}
                  nodeSignals: {presets: [aks]}
                """, Map.of())).singleElement()
                .asString()
                .contains("kubernetes.nodeSignals: reads the condition PreemptionScheduled")
                .contains("remove it there");
    }
}
