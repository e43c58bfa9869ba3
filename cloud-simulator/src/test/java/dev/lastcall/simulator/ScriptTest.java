// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.ScriptException;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ScriptTest {

    private static List<String> problemsOf(String text) {
        return catchThrowableOfType(ScriptException.class, () -> Script.parse("s.yaml", text)).problems();
    }

    @Test
    void scriptIsReadWhole() throws ScriptException {
        Script script = Script.parse("s.yaml", """
                cloud: aws
                tokens: optional
                timeline:
                  - at: 10s
                    set:
                      spot/instance-action: { action: terminate, time: in 120s }
                      spot/termination-time: at 2m10s as iso-fraction
                  - at: 1m
                    remove: [spot/instance-action]
                faults:
                  - { from: 5s, for: 15s, path: /latest/api/token, method: PUT, times: 3, status: 503, delay: 2s }
                  - { until: 2s, refuse: true }
                """);

        assertThat(script.cloud()).isEqualTo(new SimulatedCloud.Aws(SimulatedCloud.Aws.Tokens.OPTIONAL));
        assertThat(script.timeline()).isEqualTo(Timeline.builder()
                .at(ofSeconds(10))
                .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 120s"))
                .set("spot/termination-time",
                        new Value.Time(Value.Base.START, ofSeconds(130), ScriptTimeFormat.ISO_FRACTION))
                .at(ofMinutes(1))
                .remove("spot/instance-action")
                .fault(Fault
                        .between(ofSeconds(5), ofSeconds(20), new Effect.Status(503), new Effect.Delay(ofSeconds(2)))
                        .onPath("/latest/api/token")
                        .onMethod("PUT")
                        .times(3))
                .fault(Fault.between(ofSeconds(0), ofSeconds(2), new Effect.Refuse()))
                .build());
    }

    @Test
    void everyProblemIsReportedWithItsLineAndTheRemedy() {
        assertThat(problemsOf("""
                cloud: aws
                view: vm
                timeline:
                  - at: 10
                    sett: { a: b }
                  - set: { "a b": c }
                  - at: 5s
                    set: { a: in 5 }
                faults:
                  - { from: 3s, until: 2s, status: 503 }
                  - { status: 99 }
                  - { hang: sometimes }
                  - { path: x }
                """)).containsExactly(
                "s.yaml:2: key \"view\": unknown; allowed: cloud, tokens, timeline, faults",
                "s.yaml:4: key \"at\": \"10\" is no duration; write a duration such as 250ms, 10s, 1m30s or 2h",
                "s.yaml:4: a step does something; allowed: set, remove",
                "s.yaml:5: key \"sett\": unknown; allowed: at, set, remove",
                "s.yaml:6: key \"at\": missing; a duration such as 250ms, 10s, 1m30s or 2h from the start",
                "s.yaml:6: key \"a b\": \"a b\" is no key: write a path such as spot/instance-action, of at most 256"
                        + " characters",
                "s.yaml:8: \"in 5\" is no text but a time, and one writes in 120s, at 130s or always in 120s, each with"
                        + " \"as FORMAT\" if need be; formats: provider, iso, iso-fraction, iso-offset, iso-lower-case,"
                        + " rfc1123, ec2-event, epoch-seconds",
                "s.yaml:10: key \"from\": a fault ends after it begins",
                "s.yaml:11: key \"status\": a status lies in 200..599, not 99",
                "s.yaml:12: key \"hang\": \"sometimes\"; allowed: never, drop, reset",
                "s.yaml:13: a fault has an effect; allowed: status, body, oversized, delay, stall, slowBody, reset,"
                        + " close, refuse, hang, revokeTokens, tokenTtl, dateSkew, withoutHeader, header");
    }

    @Test
    void whatIsNoScriptIsRefused() {
        assertThat(problemsOf("")).containsExactly("s.yaml:1: the script is empty");
        assertThat(problemsOf("- a")).hasSize(1);
        assertThat(problemsOf("cloud: oracle"))
                .containsExactly("s.yaml:1: key \"cloud\": say which; allowed: aws, gcp, azure");
        assertThat(problemsOf("cloud: aws\ncloud: gcp")).contains("s.yaml:2: key \"cloud\": written twice");
        assertThat(problemsOf("cloud: aws\ntimeline: [")).singleElement().asString().startsWith("s.yaml:2: not YAML");
        assertThat(problemsOf("cloud: aws\nx: &a [1]\ny: *a"))
                .anyMatch(problem -> problem.startsWith("s.yaml:3: aliases"));
        assertThat(problemsOf("cloud: aws\n---\ncloud: gcp")).hasSize(1);
        assertThat(problemsOf("cloud: aws\ntimeline: " + "[".repeat(100) + "]".repeat(100)))
                .anyMatch(problem -> problem.contains("nested deeper than 32"));
    }

    @Test
    void fileIsReadAndAHugeOneIsNot(@TempDir Path folder) throws IOException, ScriptException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "cloud: gcp\nview: gke\n");
        Path huge = Files.writeString(folder.resolve("b.yaml"), "#".repeat(2_000_000));

        assertThat(Script.read(file))
                .isEqualTo(new Script(new SimulatedCloud.Gcp(SimulatedCloud.Gcp.View.GKE), Timeline.EMPTY));
        assertThatThrownBy(() -> Script.read(huge)).isInstanceOf(ScriptException.class);
        assertThatThrownBy(() -> Script.read(folder.resolve("none.yaml"))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @FieldSource("dev.lastcall.simulator.script.Script#EXAMPLES")
    void exampleCanBePlayedAndWrittenAgain(String name) throws ScriptException {
        Script script = Script.example(name);

        assertThat(name).startsWith(script.cloud().label());
        assertThat(Script.parse("again", script.toYaml())).isEqualTo(script);
        try (Simulator simulator = Simulator.of(script).manual().start()) {
            simulator.at(ofMinutes(70));
            assertThat(simulator.position()).isEqualTo(ofMinutes(70));
        }
    }

    @Test
    void unknownExampleIsRefused() {
        assertThatThrownBy(() -> Script.example("../x")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aws-spot-terminate");
    }
}
