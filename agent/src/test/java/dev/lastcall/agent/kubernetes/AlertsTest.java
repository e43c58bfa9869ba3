// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.conditions.Severity;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alerts fire on exactly what they are meant for, by Prometheus' own tool. It is in Debian's package {@code prometheus};
 * without it this is skipped, unless {@code -Dlastcall.promtool=required}.
 */
@Timeout(120)
class AlertsTest {

    private static final Path FOLDER = Path.of("../k8s/monitoring");
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    @TempDir
    Path place;

    @BeforeEach
    void extractTheRules() throws IOException {
        Assumptions.assumeTrue(isThere() || "required".equals(System.getProperty("lastcall.promtool")),
                "no promtool on the path: install Debian's package prometheus");
        JsonNode rule = YAML.readTree(Files.readString(FOLDER.resolve("alerts.yaml")));
        Files.writeString(place.resolve("alerts.rules.yaml"), YAML.writeValueAsString(rule.path("spec")));
    }

    private static boolean isThere() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(one -> Files.isExecutable(Path.of(one, "promtool")));
    }

    private void promtool(String... arguments) throws Exception {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList())
                .directory(place.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @Test
    void theRulesAreRulesAndEachFiresInItsOwnCase() throws Exception {
        Files.copy(FOLDER.resolve("alerts_test.yaml"), place.resolve("alerts_test.yaml"));
        promtool("check", "rules", "alerts.rules.yaml");
        promtool("test", "rules", "alerts_test.yaml");
    }

    @Test
    void everyConditionThatMattersFiresAndNoOtherDoes() throws Exception {
        StringBuilder tests = new StringBuilder(
                "rule_files: [alerts.rules.yaml]\nevaluation_interval: 15s\ntests:\n");
        for (ConditionCode code : ConditionCode.values()) {
            String labels = "condition: %s, subject: s, node: n, severity: %s".formatted(code.label(),
                    code.severity().label());
            tests.append(
                    """
                            - interval: 15s
                              input_series:
                              - {series: 'lastcall_condition{condition="%s",severity="%s",subject="s",node="n"}', values: '1x60'}
                              alert_rule_test:
                            """
                            .formatted(code.label(), code.severity().label()));
            expect(tests, "LastcallNotProtected", code.severity() == Severity.CRITICAL, labels,
                    "n is not protected: " + code.label() + " (s)", code);
            expect(tests, "LastcallDegraded", code.severity() == Severity.WARNING, labels,
                    "n: " + code.label() + " (s)",
                    code);
        }
        Files.writeString(place.resolve("conditions_test.yaml"), tests);
        promtool("test", "rules", "conditions_test.yaml");
    }

    private static void expect(StringBuilder tests, String alert, boolean fires, String labels, String summary,
            ConditionCode code) {
        tests.append("  - eval_time: 10m\n    alertname: ").append(alert).append("\n    exp_alerts:");
        tests.append(fires ? """

                    - exp_labels: {%s}
                      exp_annotations: {summary: "%s", description: "%s says what it means and what to do"}
                """.formatted(labels, summary, code.anchor()) : " []\n");
    }
}
