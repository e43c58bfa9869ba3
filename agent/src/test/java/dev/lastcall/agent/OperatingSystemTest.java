// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

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
    void whereSystemdIsNotTheInitNobodyIsAsked() {
        var system = new OperatingSystem(booted.resolve("absent"), List.of("sh", "-c", "echo stopping"));

        assertThat(system.isShuttingDown()).isFalse();
    }

    @Test
    void aSilentOrMissingSystemctlIsNoShutdown() {
        assertThat(answering("exec sleep 60").isShuttingDown()).isFalse();
        assertThat(new OperatingSystem(booted, List.of("/nonexistent/systemctl")).isShuttingDown()).isFalse();
    }

    private OperatingSystem answering(String script) {
        return new OperatingSystem(booted, List.of("sh", "-c", script));
    }
}
