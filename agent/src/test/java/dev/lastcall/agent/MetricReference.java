// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.conditions.Severity;
import dev.lastcall.agent.drain.DrainOutcome;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.gate.GateCounts;
import dev.lastcall.agent.kubernetes.ApiTally;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.telemetry.ApiRefusal;
import dev.lastcall.agent.telemetry.DoorTurn;
import dev.lastcall.agent.telemetry.FileOutcome;
import dev.lastcall.agent.telemetry.Metric;
import dev.lastcall.agent.telemetry.MetricLabel;
import dev.lastcall.agent.telemetry.MetricTopic;
import dev.lastcall.agent.telemetry.MetricType;
import dev.lastcall.agent.telemetry.MetricUnit;
import dev.lastcall.agent.telemetry.WarmupOutcome;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeKind;

/** Writes the page of all metrics, docs/metrics.md, and knows the closed sets of their labels. */
final class MetricReference {

    private MetricReference() {}

    /** The page. */
    static String markdown() {
        StringBuilder page = new StringBuilder(
                """
                        # Metrics

                        `GET /metrics` of the status port (`api.listen`) answers in Prometheus' text format.
                        [kubernetes.md](kubernetes.md#monitoring) has alerts on it. This page is generated from the program.

                        - A series *from the first event on* has no earlier 0: `increase()` over it misses the first event, so that an
                          alert on one also asks whether the series is new (as `LastcallRequestsLost` does for a new server).
                        - A series *while it has a value* is absent without one, and never NaN.
                        - A summary `x` is `x_count`, `x_sum`, and the gauge `x_max`: the longest of the last minutes.
                          It has no quantiles.
                        - A dry run (`drain.dryRun`) counts notices, doors and drains as if they were real.
                        """);
        for (MetricTopic topic : MetricTopic.values()) {
            page.append("\n## ")
                    .append(topic.title())
                    .append("\n\n| metric | type | labels | meaning | the question it answers |\n|---|---|---|---|---|\n");
            Arrays.stream(Metric.values())
                    .filter(metric -> metric.topic() == topic)
                    .forEach(metric -> row(page, metric));
        }
        page.append(
                """

                        ## Labels

                        No label has a value that comes from a client or a provider's text, so that no peer
                        can make series without bound.

                        | label | of | meaning | values |
                        |---|---|---|---|
                        """);
        Arrays.stream(MetricLabel.values()).forEach(label -> row(page, label));
        return page.toString();
    }

    private static void row(StringBuilder page, Metric metric) {
        MetricType type = metric.type();
        page.append("| `")
                .append(metric.family())
                .append("` | ")
                .append(type.label())
                .append(metric.unit() == MetricUnit.COUNT ? "" : ", " + metric.unit().label())
                .append(type.presence().isEmpty() ? "" : "; " + type.presence())
                .append(" | ")
                .append(metric.labels().isEmpty()
                        ? "–"
                        : metric.labels().stream().map(label -> code(label.key())).collect(Collectors.joining(", ")))
                .append(" | ")
                .append(metric.description())
                .append(" | ")
                .append(metric.question())
                .append(" |\n");
    }

    private static void row(StringBuilder page, MetricLabel label) {
        List<Metric> having = Arrays.stream(Metric.values()).filter(metric -> metric.labels().contains(label)).toList();
        page.append("| `")
                .append(label.key())
                .append("` | ")
                .append(having.stream().map(metric -> code(metric.family())).collect(Collectors.joining(", ")))
                .append(" | ")
                .append(label.meaning())
                .append(" | ")
                .append(label == MetricLabel.CONDITION
                        ? "those of [conditions.md](conditions.md)"
                        : values(label)
                                .map(all -> all.stream().map(MetricReference::code).collect(Collectors.joining(", ")))
                                .orElse("names"))
                .append(" |\n");
    }

    private static String code(String word) {
        return "`" + word + "`";
    }

    /** All values that a label can have; empty where they are names of this node's own things. */
    static Optional<List<String>> values(MetricLabel label) {
        return switch (label) {
            case VERSION, JAVA, SUBJECT, PART, SOURCE, SERVER, MODEL -> Optional.empty();
            case CONDITION -> labels(ConditionCode.values(), ConditionCode::label);
            case SEVERITY -> labels(Severity.values(), Severity::label);
            case API_REFUSAL -> labels(ApiRefusal.values(), ApiRefusal::label);
            case NOTICE_KIND -> labels(NoticeKind.values(), NoticeKind::label);
            case PROBLEM_KIND -> labels(MetadataProblem.Kind.values(), MetadataProblem.Kind::label);
            case REQUEST_REFUSAL -> labels(GateCounts.Refusal.values(), GateCounts.Refusal::label);
            case DOOR_TURN -> labels(DoorTurn.values(), DoorTurn::label);
            case DRAIN_PHASE -> labels(Arrays.stream(Phase.values()).filter(Phase::isActive).toArray(Phase[]::new),
                    Phase::label);
            case DRAIN_OUTCOME -> labels(DrainOutcome.values(), DrainOutcome::label);
            case WARMUP_OUTCOME -> labels(WarmupOutcome.values(), WarmupOutcome::label);
            case FILE_OUTCOME -> labels(FileOutcome.values(), FileOutcome::label);
            case CALL_VERB -> labels(Call.Verb.values(), Call.Verb::label);
            case CALL_OUTCOME -> labels(ApiTally.Outcome.values(), ApiTally.Outcome::label);
        };
    }

    private static <E> Optional<List<String>> labels(E[] all, Function<E, String> label) {
        return Optional.of(Arrays.stream(all).map(label).toList());
    }
}
