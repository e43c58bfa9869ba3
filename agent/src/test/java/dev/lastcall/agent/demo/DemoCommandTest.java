// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

class DemoCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void withoutLastcallRequestsAreLostAndTheExitCodeSaysSo() {
        int code = run("--without-lastcall", "--json");

        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(code).isEqualTo(1);
        assertThat(report.at("/requests/verdicts/lost").asInt()).isPositive();
        assertThat(report.at("/requests/verdicts/complete").asInt()).isPositive();
        assertThat(err.toString()).contains("AWS says it takes this node back in 30 s", "the server has stopped");
    }

    @Test
    void withLastcallNoRequestIsLostAndTheStoryIsShown() {
        int code = run("--window", "25s", "--clients", "6");

        assertThat(out.toString()).contains("the agent has seen the notice", "door closed", "idle",
                "the server has stopped",
                "No request was lost.");
        assertThat(code).isZero();
    }

    @Test
    void impossibleOptionsAreUsageErrorsThatNameTheOption() {
        assertThat(run("--window", "5s")).isEqualTo(2);
        assertThat(err.toString()).contains("--window: from 10s to 10m");
        assertThat(run("--window", "soon")).isEqualTo(2);
        assertThat(err.toString()).contains("'soon' is not a time");
        assertThat(run("--cloud", "gcp", "--window", "45s")).isEqualTo(2);
        assertThat(err.toString()).contains("--cloud gcp: 30s, or 2m");
        assertThat(run("--clients", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--clients: from 1 to 200");
        assertThat(run("--upstream", "http://127.0.0.1:1", "--without-lastcall")).isEqualTo(2);
        assertThat(run("--cloud", "other")).isEqualTo(2);
    }

    @Test
    void upstreamThatDoesNotAnswerIsAUsageError() {
        assertThat(run("--upstream", "http://127.0.0.1:1")).isEqualTo(2);
        assertThat(err.toString()).contains("is a completion server listening there?");
    }

    private int run(String... args) {
        return new CommandLine(new DemoCommand(GuardedNode::new, Duration.ofSeconds(1))).setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }
}
