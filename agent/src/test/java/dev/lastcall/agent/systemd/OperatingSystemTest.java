// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OperatingSystemTest {

    @TempDir
    Path booted;

    @Test
    void systemdsStoppingStateIsAShutdown() {
        assertThat(answering("echo stopping").isShuttingDown()).isTrue();
    }

    @Test
    void aRunningOrDegradedSystemIsNone() {
        assertThat(answering("echo running").isShuttingDown()).isFalse();
        assertThat(answering("echo degraded; exit 1").isShuttingDown()).isFalse();
    }

    @Test
    void whereSystemdIsNotTheInitNoProgramIsAsked() {
        var system = new OperatingSystem(booted.resolve("absent"), noGroups(),
                new Systemctl(List.of("sh", "-c", "echo stopping")));

        assertThat(system.isShuttingDown()).isFalse();
    }

    @Test
    void aSilentOrMissingSystemctlIsNoShutdown() {
        assertThat(answering("exec sleep 60").isShuttingDown()).isFalse();
        assertThat(new OperatingSystem(booted, noGroups(), new Systemctl(List.of("/nonexistent/systemctl")))
                .isShuttingDown())
                .isFalse();
    }

    @Test
    void onlyARestartOfItsOwnUnitBringsTheAgentBack() throws IOException {
        assertThat(inUnit("echo '  12 lastcall.service restart running'").isRestarting()).isTrue();
        assertThat(inUnit("echo '12 lastcall.service stop running'").isRestarting()).isFalse();
        assertThat(inUnit("echo '12 vllm.service restart running'").isRestarting()).isFalse();
        assertThat(inUnit("echo 'No jobs running.'").isRestarting()).isFalse();
        assertThat(answering("echo '12 lastcall.service restart running'").isRestarting()).isFalse();
    }

    private OperatingSystem inUnit(String script) throws IOException {
        Path groups = Files.writeString(booted.resolve("cgroup"),
                "9:memory:/system.slice\n1:name=systemd:/system.slice/lastcall.service\n");
        return new OperatingSystem(booted, groups, new Systemctl(List.of("sh", "-c", script)));
    }

    private OperatingSystem answering(String script) {
        return new OperatingSystem(booted, noGroups(), new Systemctl(List.of("sh", "-c", script)));
    }

    private Path noGroups() {
        return booted.resolve("absent");
    }
}
