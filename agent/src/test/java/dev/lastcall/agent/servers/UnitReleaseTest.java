// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.stop.ProcessTable;
import dev.lastcall.agent.server.stop.SystemdStopper;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class UnitReleaseTest {

    @TempDir
    Path directory;

    private Path left;
    private LocalServer server;

    @BeforeEach
    void leaveADropIn() throws IOException {
        Path systemctl = Files.writeString(directory.resolve("systemctl"), "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        left = Files.writeString(Files.createDirectories(directory.resolve("units/vllm.service.d"))
                .resolve(
                        "zzz-lastcall.conf"),
                "[Service]\nRestart=no\n");
        var stopper = new SystemdStopper("vllm.service", new SystemdStopper.Host(systemctl.toString(),
                directory.resolve("units"), new ProcessTable(Path.of("/proc"))));
        var inference = new InferenceServer("vllm", () -> ServerKind.VLLM, Door.NONE, bound -> new InFlight.Exact(0),
                Cutter.NONE, stopper, StopNeeds.PROMPT, RequestCounter.NONE, Restarter.NONE);
        server = new LocalServer(inference, "http://127.0.0.1:1", Optional.empty(), new InFlightSampler("vllm",
                inference.probe(), true, NodeClock.system(), LoopObserver.NONE));
    }

    @Test
    void aUnitWhoseDoorOpensAgainAfterTheStopIsNotHeldDownAnyLonger() {
        UnitRelease.on(to(Phase.OPEN, Phase.WITHDRAWN_AFTER_STOP, "vllm"), List.of(server));

        Awaitility.await().until(() -> Files.notExists(left));
    }

    @Test
    void aUnitThatIsBeingDrainedStaysHeldDown() {
        UnitRelease.on(to(Phase.STOPPED, Phase.STOPPING, "vllm"), List.of(server));
        UnitRelease.on(to(Phase.OPEN, Phase.WITHDRAWN_AFTER_STOP, "other"), List.of(server));

        assertThat(left).exists();
    }

    private static DrainTransition to(Phase phase, Phase from, String server) {
        return new DrainTransition(server, from, phase, Instant.EPOCH, Duration.ZERO, Duration.ZERO, null, null, false);
    }
}
