// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The launcher with a Java that prints what it is given. */
class LauncherTest {

    private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

    @TempDir
    private Path home;

    private Path config;

    @BeforeEach
    void lay() throws IOException {
        Files.copy(Path.of("src/main/dist/lastcall"), home.resolve("lastcall"), StandardCopyOption.COPY_ATTRIBUTES);
        Path java = Files.createDirectories(home.resolve("runtime/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        config = Files.writeString(home.resolve("watching.yaml"),
                "cloud: aws\n# servers:\n  #  gate: { listen: 0.0.0.0:1 }\n#models:\nservers: [{ url: \"http://a:1\" }]\n");
    }

    private List<String> given(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(home.resolve("lastcall").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder launcher = new ProcessBuilder(command).redirectErrorStream(true);
        launcher.environment().keySet().removeIf(name -> name.startsWith("LASTCALL_"));
        launcher.environment().putAll(environment);
        Process process = launcher.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    @Test
    void oneThatOnlyWatchesDoesWithoutTheSecondCompiler() throws IOException, InterruptedException {
        assertThat(given(Map.of(), "run", "--config", config.toString())).contains(FIRST_COMPILER_ONLY)
                .endsWith("dev.lastcall.agent.Main", "run", "--config", config.toString());
        assertThat(given(Map.of(), "run", "--config=" + config)).contains(FIRST_COMPILER_ONLY);
        assertThat(given(Map.of("LASTCALL_CONFIG", config.toString()), "run")).contains(FIRST_COMPILER_ONLY);
        assertThat(given(Map.of(), "run", "--config", home.resolve("none").toString())).contains(FIRST_COMPILER_ONLY);
    }

    @Test
    void gatesInPodsAreOtherProcesses() throws IOException, InterruptedException {
        String daemonSets = """
                cloud: auto
                log: {format: json}
                # Gates in pods hear of notices here.
                relay: {socket: /run/lastcall/gates/notice.sock}
                """;
        Files.writeString(config, daemonSets);
        assertThat(given(Map.of("LASTCALL_KUBERNETES_NODE", "gpu-1"), "run", "--config", config.toString()))
                .contains(FIRST_COMPILER_ONLY);
        Files.writeString(config, daemonSets + "servers: [{gate: {listen: \"0.0.0.0:1\"}}]\n");
        assertThat(given(Map.of(), "run", "--config", config.toString())).doesNotContain(FIRST_COMPILER_ONLY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"servers:\n  - gate: { listen: 0.0.0.0:8080 }", "models:\n  - name: a",
        "servers: [{ gate: { listen: \"0.0.0.0:1\" } }]"})
    void oneThatCarriesBytesHasBoth(String text) throws IOException, InterruptedException {
        Files.writeString(config, text);

        assertThat(given(Map.of(), "run", "--config", config.toString())).doesNotContain(FIRST_COMPILER_ONLY);
        assertThat(given(Map.of(), "run", "--config=" + config)).doesNotContain(FIRST_COMPILER_ONLY);
        assertThat(given(Map.of("LASTCALL_CONFIG", config.toString()), "run")).doesNotContain(FIRST_COMPILER_ONLY);
    }

    @Test
    void whatIsConfiguredElsewhereCountsToo() throws IOException, InterruptedException {
        String file = config.toString();

        assertThat(given(Map.of("LASTCALL_SERVERS_0_GATE_LISTEN", "0.0.0.0:1"), "run", "--config", file))
                .doesNotContain(FIRST_COMPILER_ONLY);
        assertThat(given(Map.of("LASTCALL_MODELS_0_NAME", "a"), "run", "--config", file))
                .doesNotContain(FIRST_COMPILER_ONLY);
        assertThat(given(Map.of(), "run", "--config", file, "--set", "servers[0].gate.listen=0.0.0.0:1"))
                .doesNotContain(FIRST_COMPILER_ONLY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate", "demo", "simulate", "warm", "status"})
    void noOtherCommandDoesWithout(String command) throws IOException, InterruptedException {
        assertThat(given(Map.of("LASTCALL_CONFIG", config.toString()), command)).doesNotContain(FIRST_COMPILER_ONLY);
    }

    @Test
    void flagsOfTheOperatorComeLast() throws IOException, InterruptedException {
        assertThat(given(Map.of("LASTCALL_JAVA_OPTS", "-Xmx1g -Da=b", "LASTCALL_CONFIG", config.toString()), "run"))
                .containsSubsequence(FIRST_COMPILER_ONLY, "-Xmx1g", "-Da=b", "-cp");
    }
}
