// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.kubernetes.signal.Signal.Annotation;
import dev.lastcall.agent.kubernetes.signal.Signal.Condition;
import dev.lastcall.agent.kubernetes.signal.Signal.Label;
import dev.lastcall.agent.kubernetes.signal.Signal.Taint;
import dev.lastcall.agent.kubernetes.signal.SignalPreset.Disruption;
import dev.lastcall.agent.kubernetes.signal.SignalRule.NamedTime;
import dev.lastcall.agent.kubernetes.signal.SignalRule.Urgency;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SignalReaderTest {

    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    private final ManualClock clock = new ManualClock();

    private List<Notice> read(List<SignalRule> rules, String yaml) {
        return new SignalReader("node-signals", rules, clock).read(YAML.readTree(yaml)).notices();
    }

    private List<Notice> read(SignalPreset preset, Disruption disruption, String yaml) {
        return read(preset.rules(disruption), yaml);
    }

    private Duration left(Notice notice) {
        return Optional.ofNullable(notice.deadline()).orElseThrow().remaining(clock);
    }

    private static SignalRule rule(Signal signal, Urgency urgency, NamedTime time) {
        return new SignalRule(signal, NoticeKind.EXTERNAL, urgency, ofMinutes(2), time);
    }

    private static SignalRule now(Signal signal) {
        return rule(signal, Urgency.NOW, NamedTime.NOWHERE);
    }

    @Test
    void eachKindOfSignalIsSeenWhereItIsAndNowhereElse() {
        List<SignalRule> rules = List.of(now(new Label("a/x", Optional.empty())),
                now(new Annotation("a/x", Optional.empty())),
                now(new Taint("a/x", Optional.empty())), now(Condition.of("X")));

        assertThat(read(rules, "metadata: {labels: {a/x: ''}}")).extracting(one -> one.key().eventId())
                .containsExactly("label a/x");
        assertThat(read(rules, "metadata: {annotations: {a/x: 'yes'}}")).extracting(one -> one.key().eventId())
                .containsExactly("annotation a/x");
        assertThat(read(rules, "spec: {taints: [{key: b}, {key: a/x, effect: NoSchedule}]}"))
                .extracting(one -> one.key().eventId())
                .containsExactly("taint a/x");
        assertThat(
                read(rules, "status: {conditions: [{type: Y, status: 'True'}, {type: X, status: 'True', message: m}]}"))
                .extracting(Notice::description)
                .containsExactly("the node has the condition X=True: m (no time, 120 s assumed)");
        assertThat(read(rules, "metadata: {labels: {b: c}}\nspec: {taints: []}")).isEmpty();
    }

    @Test
    void aValueThatIsAskedForMustBeThatValue() {
        List<SignalRule> rules = List.of(now(new Label("x", Optional.of("true"))),
                now(new Taint("x", Optional.of("true"))),
                now(new Annotation("x", Optional.of("true"))));
        assertThat(read(rules, """
                metadata: {labels: {x: "false"}, annotations: {x: "tru"}}
                spec: {taints: [{key: x, value: "no"}]}
                """)).isEmpty();
        assertThat(read(rules, """
                metadata: {labels: {x: "true"}, annotations: {x: "true"}}
                spec: {taints: [{key: x, value: "no"}, {key: x, value: "true"}]}
                """)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata: []", "metadata: {labels: 7, annotations: [x]}",
        "metadata: {labels: {x: {y: z}}}",
        "spec: {taints: 3}", "spec: {taints: [[x], 5, {key: [x]}]}", "status: {conditions: {type: X}}",
        "status: {conditions: [null, {type: X}, {type: {a: b}, status: 'True'}]}", "[]", "'text'"})
    void whatIsNotOfTheFormOfANodeIsNoSignalAndNoFault(String yaml) {
        assertThat(read(List.of(now(new Label("x", Optional.empty())), now(new Taint("x", Optional.empty())),
                now(new Annotation("x", Optional.empty())), now(Condition.of("X"))), yaml)).isEmpty();
    }

    @Test
    void valuesWithoutEndAndWithControlCharactersAreBounded() {
        Notice notice = read(List.of(now(new Annotation("x", Optional.empty()))),
                "metadata: {annotations: {x: \"" + "\\u001b[31m".repeat(20_000) + "\"}}").getFirst();
        assertThat(notice.description()).hasSizeLessThanOrEqualTo(Notice.MAX_DESCRIPTION).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"2026-11-24T12:10:00Z|600", "'Tue, 24 Nov 2026 12:10:00 GMT'|600",
        "1795522200|600"})
    void aRuleWithADeadlineBecomesFinalNearIt(String text, long seconds) {
        Notice notice = read(
                List.of(rule(new Label("x", Optional.empty()), Urgency.NEAR_DEADLINE,
                        new NamedTime.InAnnotation("until"))),
                "metadata: {labels: {x: y}, annotations: {until: \"" + text + "\"}}").getFirst();
        assertThat(notice.finality()).isEqualTo(new Finality.FinalBefore(ofMinutes(2)));
        assertThat(left(notice)).isEqualTo(ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "", "99999999999999999999", "2026-13-99T00:00:00Z", "9999-12-31T00:00:00Z"})
    void aDeadlineThatCannotBeReadIsSaidAndTheWindowCounts(String text) {
        Notice notice = read(
                List.of(rule(new Label("x", Optional.empty()), Urgency.NEAR_DEADLINE, new NamedTime.InLabel("until"))),
                "metadata: {labels: {x: y, until: \"" + text + "\"}}").getFirst();
        assertThat(notice.finality()).isEqualTo(Finality.FINAL);
        assertThat(left(notice)).isEqualTo(ofMinutes(2));
        assertThat(notice.description()).contains("no readable time in the label until, 120 s assumed");
    }

    @Test
    void aWindowBeginsWhenTheSignalIsSeenFirstAndAgainWhenItComesAgain() {
        SignalReader reader = new SignalReader("node-signals", List.of(now(new Label("x", Optional.empty()))), clock);
        var with = YAML.readTree("metadata: {labels: {x: y}}");
        Notice first = reader.read(with).notices().getFirst();
        clock.advance(ofSeconds(30));
        assertThat(reader.read(with).notices().getFirst().deadline()).isEqualTo(first.deadline());
        assertThat(reader.read(YAML.readTree("{}")).notices()).isEmpty();
        assertThat(left(reader.read(with).notices().getFirst())).isEqualTo(ofMinutes(2));
    }

    @Test
    void theAgentsOwnMarksAreNoSignal() {
        assertThatThrownBy(() -> new Label("lastcall.dev/x", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Annotation("lastcall.dev/deadline", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Taint("lastcall.dev/interrupted", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Taint("node.kubernetes.io/unschedulable", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Condition.of("lastcall.dev/Interrupted")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aConditionWithAReasonOfTheAgentOrWithoutAKnownStatusIsUndecided() {
        SignalReader reader = new SignalReader("node-signals", List.of(now(Condition.of("X"))), clock);
        for (String condition : List.of("status: 'True', reason: LastcallPreemption",
                "status: Unknown, reason: NoAnswer")) {
            SignalReader.Read read = reader.read(YAML.readTree("status: {conditions: [{type: X, " + condition + "}]}"));
            assertThat(read.notices()).isEmpty();
            assertThat(read.undecided()).containsOnlyKeys("condition X=True");
        }
    }

    @Test
    void coreWeaveLabelsANodeThatIsToBePreempted() {
        Notice notice = read(SignalPreset.COREWEAVE, Disruption.IGNORE,
                "metadata: {labels: {qos.coreweave.cloud/pending-preemption: 'true'}}").getFirst();
        assertThat(notice.key().kind()).isEqualTo(NoticeKind.PREEMPTION);
        assertThat(notice.finality()).isEqualTo(Finality.FINAL);
        assertThat(left(notice)).isEqualTo(ofMinutes(5));
    }

    @Test
    void aksSaysInTheMessageWhenThePreemptionIs() {
        Notice notice = read(SignalPreset.AKS, Disruption.IGNORE, aks("PreemptionScheduled",
                "Preempt Scheduled: Tue, 24 Nov 2026 12:00:41 GMT. For more information, see the page. EventId: 40B7BD88"))
                .getFirst();
        assertThat(notice.key().kind()).isEqualTo(NoticeKind.PREEMPTION);
        assertThat(notice.finality()).isEqualTo(Finality.FINAL);
        assertThat(left(notice)).isEqualTo(ofSeconds(41));
    }

    @Test
    void aksSaysOfAHeightenedRiskUnderTheSameConditionAndThatDrainsNothing() {
        assertThat(read(SignalPreset.AKS, Disruption.IGNORE, aks("PreemptionScheduled",
                "SpotRebalanceRecommendation Advisory: Tue, 24 Nov 2026 12:00:41 GMT."))).singleElement()
                .satisfies(one -> assertThat(one.key().kind()).isEqualTo(NoticeKind.REBALANCE))
                .satisfies(one -> assertThat(one.finality()).isEqualTo(Finality.ADVISORY));
    }

    @ParameterizedTest
    @CsvSource({"TerminateScheduled,SCALE_IN,5m", "RebootScheduled,MAINTENANCE,10m",
        "RedeployScheduled,MAINTENANCE,10m"})
    void aksAnnouncesWhatIsPlannedAndTheDrainBeginsNearItsTime(String type, NoticeKind kind, String lead) {
        Notice notice = read(SignalPreset.AKS, Disruption.IGNORE,
                aks(type, "Scheduled: Tue, 24 Nov 2026 12:14:00 GMT. See the page.")).getFirst();
        assertThat(notice.key().kind()).isEqualTo(kind);
        assertThat(notice.finality()).isEqualTo(new Finality.FinalBefore(Duration.parse("PT" + lead)));
        assertThat(left(notice)).isEqualTo(ofMinutes(14));
    }

    @Test
    void aRebootWithoutATimeMayBeOverAndAFreezePasses() {
        for (String type : List.of("RebootScheduled", "RedeployScheduled", "FreezeScheduled")) {
            assertThat(read(SignalPreset.AKS, Disruption.DRAIN, aks(type, "has started")).getFirst().finality())
                    .isEqualTo(Finality.ADVISORY);
        }
        assertThat(read(SignalPreset.AKS, Disruption.DRAIN,
                aks("TerminateScheduled", "has started")).getFirst().finality()).isEqualTo(Finality.FINAL);
    }

    private static String aks(String type, String message) {
        return "status: {conditions: [{type: " + type + ", status: 'True', reason: R, message: '" + message + "'}]}";
    }

    @ParameterizedTest
    @CsvSource({"KARPENTER,karpenter.sh/disrupted", "CLUSTER_AUTOSCALER,ToBeDeletedByClusterAutoscaler"})
    void aDisruptionDrainsOnlyWhereThatIsAskedFor(SignalPreset preset, String taint) {
        String node = "spec: {taints: [{key: " + taint + ", effect: NoSchedule}]}";
        assertThat(read(preset, Disruption.IGNORE, node)).isEmpty();
        assertThat(read(preset, Disruption.ADVISE, node).getFirst().finality()).isEqualTo(Finality.ADVISORY);
        Notice drain = read(preset, Disruption.DRAIN, node).getFirst();
        assertThat(drain.finality()).isEqualTo(Finality.FINAL);
        assertThat(left(drain)).isEqualTo(ofMinutes(2));
    }

    @Test
    void karpenterMayNameTheTime() {
        assertThat(left(read(SignalPreset.KARPENTER, Disruption.DRAIN, """
                metadata: {annotations: {karpenter.sh/nodeclaim-termination-timestamp: "2026-11-24T12:01:30Z"}}
                spec: {taints: [{key: karpenter.sh/disrupted, effect: NoSchedule}]}
                """).getFirst())).isEqualTo(ofSeconds(90));
    }

    @Test
    void gkeTaintsANodeThatIsToStopAndLabelsOneWhoseHostIsToBeWorkedOn() {
        assertThat(read(SignalPreset.GKE, Disruption.IGNORE, """
                spec: {taints: [{key: cloud.google.com/impending-node-termination, effect: NoSchedule}]}
                """).getFirst().finality()).isEqualTo(Finality.FINAL);
        assertThat(read(SignalPreset.GKE, Disruption.IGNORE,
                "metadata: {labels: {cloud.google.com/active-node-maintenance: ONGOING}}").getFirst().finality())
                .isEqualTo(Finality.FINAL);
        Notice planned = read(SignalPreset.GKE, Disruption.IGNORE,
                "metadata: {labels: {cloud.google.com/scheduled-maintenance-time: '1795608000'}}").getFirst();
        assertThat(planned.finality()).isEqualTo(Finality.ADVISORY);
        assertThat(left(planned)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void nebiusAnnouncesWorkWithoutATime() {
        assertThat(read(SignalPreset.NEBIUS, Disruption.DRAIN, aks("NebiusMaintenanceScheduled", "")).getFirst()
                .finality())
                .isEqualTo(Finality.ADVISORY);
    }
}
