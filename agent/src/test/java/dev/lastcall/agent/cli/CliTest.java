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

import static org.assertj.core.api.Assertions.assertThat;

class CliTest {

    private final CapturedTerminal terminal = new CapturedTerminal(Map.of());

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "status", "drain", "undrain", "reopen", "forget", "config", "config check",
        "config show",
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
    @ValueSource(strings = {"", "bogus", "status --bogus", "status extra", "drain --window", "run --set novalue",
        "config bogus",
        "drain --window=5", "status --api=ftp://x", "status --api=::", "simulate", "simulate aws",
        "simulate aws --script /nonexistent",
        "simulate gcp --script example:aws-spot-terminate", "simulate aws --script example:none",
        "simulate aws --script example:aws-spot-terminate --listen 8080"})
    void wrongUsageExitsWithTwoInOneLine(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ", -1);

        assertThat(terminal.run(args)).isEqualTo(ExitCode.USAGE.code());
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().lines()).hasSize(1).first().asString().startsWith("lastcall");
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
    void configCheckSaysThatAllIsWell() {
        assertThat(terminal.run("config", "check", "--config=/dev/null", "--cloud=none")).isZero();
        assertThat(terminal.out()).isEqualTo("the configuration is good: 1 key set, the others have their defaults\n");
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
