// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.Golden;
import dev.lastcall.agent.config.AgentConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class CliTest {

    private final CapturedTerminal terminal = new CapturedTerminal(Map.of());

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "status", "history", "explain", "drain", "undrain", "reopen", "forget", "config",
        "config check",
        "config show",
        "config schema",
        "config reference",
        "simulate", "attach", "detach", "models", "wait",
        "version"})
    void helpIsTheAgreedOne(String command) throws IOException {
        String[] args = (command + " --help").strip().split(" ", -1);

        assertThat(terminal.run(args)).isZero();
        assertThat(terminal.err()).isEmpty();
        Golden.check("help" + (command.isEmpty() ? "" : "-" + command.replace(' ', '-')) + ".txt", terminal.out());
    }

    @Test
    void runHandsOverTheCheckedConfiguration() throws IOException {
        Path file = Files.writeString(directory.resolve("l.yaml"), "cloud: aws\naws: { poll: 2s }\n");
        List<AgentConfig> handed = new ArrayList<>();
        terminal.running((config, lastWord) -> {
            handed.add(config);
            return ExitCode.DEADLINE;
        });

        int exit = terminal.run("run", "--config", file.toString(), "--cloud=gcp", "--set", "gcp.preemptionNotice=2m",
                "--dry-run", "--log-level", "error", "--state-directory", "/tmp/x");

        assertThat(exit).isEqualTo(ExitCode.DEADLINE.code());
        AgentConfig config = handed.getFirst();
        assertThat(config.cloud()).isEqualTo(AgentConfig.CloudChoice.GCP);
        assertThat(config.sources().aws().spotPoll()).hasSeconds(2);
        assertThat(config.sources().gcp().preemptionNotice()).hasSeconds(120);
        assertThat(config.drain().dryRun()).isTrue();
        assertThat(config.stateDirectory()).isEqualTo(Path.of("/tmp/x"));
    }

    @Test
    void wrongConfigurationExitsWithTwoAndReportsEverything() throws IOException {
        Path file = Files.writeString(directory.resolve("l.yaml"), "cloud: awz\nlogs: {}\n");
        terminal.running((config, lastWord) -> {
            throw new AssertionError("must not run");
        });

        for (String command : List.of("run", "config check", "config show")) {
            String[] args = (command + " --config " + file).split(" ", -1);
            assertThat(terminal.run(args)).isEqualTo(ExitCode.USAGE.code());
            assertThat(terminal.err())
                    .startsWith("lastcall: the configuration cannot be used:\n  " + file + ":1:8: cloud: ")
                    .contains(file + ":2:1: logs: is no key; did you mean log?")
                    .doesNotContain("Exception");
            assertThat(terminal.out()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bogus", "status --bogus", "status extra", "drain --window", "run --set novalue",
        "config bogus",
        "drain --window=5", "history --limit 0", "history --limit x", "explain 1 2", "config check a b",
        "config check a --config b", "status --api=ftp://x", "status --api=::", "simulate", "simulate aws",
        "simulate aws --script /nonexistent",
        "simulate gcp --script example:aws-spot-terminate", "simulate aws --script example:none",
        "simulate aws --script example:aws-spot-terminate --listen 8080"})
    void wrongUsageExitsWithTwoInOneLine(String line) {
        assertThat(terminal.run(line.split(" ", -1))).isEqualTo(ExitCode.USAGE.code());
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().lines()).hasSize(1).first().asString().startsWith("lastcall");
    }

    @Test
    void withoutACommandTheHelpIsOnStandardErrorAndTheUsageWrong() throws IOException {
        assertThat(terminal.run()).isEqualTo(ExitCode.USAGE.code());
        assertThat(terminal.out()).isEmpty();
        Golden.check("help.txt", terminal.err());
    }

    @Test
    void failuresAreOneLineAndTracesAreForDebug() {
        CapturedTerminal broken = terminal.running((config, lastWord) -> {
            throw new IllegalStateException("boom");
        });

        assertThat(broken.run("run", "--config=/dev/null")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(broken.err().lines()).singleElement()
                .asString()
                .contains("boom")
                .contains("LASTCALL_LOG_LEVEL=debug");
        assertThat(broken.run("run", "--config=/dev/null", "--log-level", "debug")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(broken.err()).contains("\tat dev.lastcall.agent.cli.");
    }

    @Test
    void configShowSaysWhereEachValueIsFromAndMasksSecrets() {
        CapturedTerminal configured = new CapturedTerminal(
                Map.of("LASTCALL_API_TOKEN", "0123456789abcdef", "LASTCALL_CONFIG", "/dev/null"));

        assertThat(configured.run("config", "show", "--set", "aws.poll=2s")).isZero();
        assertThat(configured.out()).containsPattern("aws\\.poll +2s  \\(flag --set\\)")
                .containsPattern("api\\.token +\\*{8}  \\(environment LASTCALL_API_TOKEN\\)")
                .containsPattern("gcp\\.preemptionNotice +30s  \\(default\\)")
                .doesNotContain("0123456789");
        assertThat(configured.run("config", "show", "--json")).isZero();
        assertThat(configured.out().lines()).singleElement()
                .asString()
                .startsWith("{\"settings\":[{\"key\":\"cloud\"")
                .doesNotContain("0123456789");
    }

    @Test
    void configSchemaPrintsOneJsonDocument() {
        assertThat(terminal.run("config", "schema")).isZero();
        assertThat(new JsonMapper().readTree(terminal.out()).path("properties").has("servers")).isTrue();
    }

    @Test
    void configReferencePrintsThePageOfTheDocs() throws IOException {
        assertThat(terminal.run("config", "reference")).isZero();
        assertThat(Path.of("../docs/configuration.md")).hasContent(terminal.out());
    }

    @Test
    void configCheckSaysThatAllIsWell() {
        assertThat(terminal.run("config", "check", "--config=/dev/null", "--cloud=none")).isZero();
        assertThat(terminal.out()).isEqualTo("the configuration is good: 1 key set, the others have their defaults\n");
    }

    @Test
    void configCheckTakesTheFileWithoutTheFlagAndShowsWhatADrainWillLookLike() throws IOException {
        Path file = Files.writeString(directory.resolve("l.yaml"), """
                servers:
                  - { name: llama, url: "http://127.0.0.1:8000", gate: { listen: "127.0.0.1:8080" },
                      stop: { systemd: vllm.service } }
                  - { name: embed, url: "http://127.0.0.1:8001" }
                """);

        assertThat(terminal.run("config", "check", file.toString())).isZero();
        assertThat(terminal.out().lines().skip(1)).containsExactly(
                "AWS 120 s (llama): announce until 12 at the latest, finish until 100, cut 100-108, stop 108, kill 115",
                "AWS 120 s (embed): no gate, finish until 107, cut 107-115, nothing is stopped",
                "GCP 30 s (llama): announce until 4 at the latest, finish until 20, cut 20-23, stop 23, kill 27",
                "GCP 30 s (embed): no gate, finish until 24, cut 24-27, nothing is stopped",
                "Azure 30 s (llama): announce until 4 at the latest, finish until 20, cut 20-23, stop 23, kill 27",
                "Azure 30 s (embed): no gate, finish until 24, cut 24-27, nothing is stopped");
    }

    @Test
    void configCheckTakesOneFile() {
        assertThat(terminal.run("config", "check", "/dev/null", "--config=/dev/null")).isEqualTo(ExitCode.USAGE.code());
        assertThat(terminal.err()).isEqualTo("lastcall: name one file, by --config or without it\n");
    }

    @Test
    void configCheckWarnsOfWhatEatsTheWindow() throws IOException {
        Path file = Files.writeString(directory.resolve("l.yaml"), """
                cloud: gcp
                gcp: { preemptionNotice: 2m }
                drain: { stopGrace: 40s, cutGrace: 20s }
                servers:
                  - { name: llama, url: "http://127.0.0.1:8000", stop: { systemd: vllm.service } }
                """);

        assertThat(terminal.run("config", "check", "--config", file.toString())).isZero();
        assertThat(terminal.out().lines().skip(1)).hasSize(4)
                .contains("GCP 120 s: no gate, finish until 57.5, cut 57.5-76.7, stop 76.7, kill 115",
                        "warning: GCP: drain.cutGrace 20.0 s does not fit into a window of 120.0 s: it would be 19.166 s")
                .last()
                .asString()
                .startsWith("warning: GCP: only 57.5 s of a window of 120 s are left for requests in flight");
    }

    @Test
    void versionIsAFlagToo() {
        assertThat(terminal.run("version")).isZero();
        String version = terminal.out();

        assertThat(terminal.run("--version")).isZero();
        assertThat(terminal.out()).isEqualTo(version);
        assertThat(terminal.run("-V")).isZero();
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void versionIsTheBuilds() {
        assertThat(terminal.run("version")).isZero();
        assertThat(Version.TEXT).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(terminal.out()).startsWith("lastcall " + Version.TEXT);
    }
}
