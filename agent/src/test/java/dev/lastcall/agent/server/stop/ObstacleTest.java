// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A right that is missing is known before it is needed. */
class ObstacleTest {

    private static final String SERVER = "4711";

    @TempDir
    Path directory;

    @Test
    void aUnitThatSystemdDoesNotKnowCannotBeStopped() throws IOException {
        assertThat(unit("LoadState=not-found", "Uid:\t0\t0\t0\t0").obstacle()).hasValueSatisfying(
                why -> assertThat(why).contains("systemd knows no unit llama.service", "stop.systemd"));
    }

    @Test
    void rootMayStopAUnitAndAnotherUserOnlyByPolkitsLeave() throws IOException {
        assertThat(unit("LoadState=loaded", "Uid:\t0\t0\t0\t0").obstacle()).isEmpty();
        assertThat(unit("LoadState=loaded", "Uid:\t990\t990\t990\t990").obstacle())
                .hasValueSatisfying(why -> assertThat(why).contains("user 990 may not stop llama.service", "polkit"));
    }

    @Test
    void aProcessOfAnotherUserNeedsTheCapability() throws IOException {
        process("self", "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000400\n");
        process(SERVER, "Uid:\t990\t990\t990\t990\nCapEff:\t0\n");
        Files.writeString(directory.resolve(SERVER).resolve("stat"),
                SERVER + " (vllm) S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 0 0");
        ProcessStopper stopper = ProcessStopper.ofPid(Long.parseLong(SERVER), new ProcessTable(directory));
        assertThat(stopper.obstacle())
                .hasValueSatisfying(why -> assertThat(why).contains("no right to signal process 4711", "CAP_KILL"));

        process("self", "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000020\n");
        assertThat(stopper.obstacle()).isEmpty();
        process("self", "Uid:\t990\t990\t990\t990\nCapEff:\t0\n");
        assertThat(stopper.obstacle()).isEmpty();
    }

    @Test
    void aProcessThatIsNotThereCannotBeStopped() throws IOException {
        process("self", "Uid:\t0\t0\t0\t0\nCapEff:\t0\n");
        ProcessTable table = new ProcessTable(directory);
        assertThat(ProcessStopper.ofPid(4712, table).obstacle())
                .hasValueSatisfying(why -> assertThat(why).contains("no process 4712", "stop.pid"));

        Path file = directory.resolve("server.pid");
        assertThat(ProcessStopper.ofPidFile(file, table).obstacle())
                .hasValueSatisfying(why -> assertThat(why).contains(file.toString(), "stop.pidFile"));
        Files.writeString(file, "4712\n");
        assertThat(ProcessStopper.ofPidFile(file, table).obstacle()).isPresent();
    }

    @Test
    void aCommandMustBeThere() {
        assertThat(new CommandStopper(List.of("/nonexistent/stop", "now")).obstacle()).isPresent();
        assertThat(new CommandStopper(List.of("no-such-program-anywhere")).obstacle()).isPresent();
        assertThat(new CommandStopper(List.of("sh", "-c", "true")).obstacle()).isEmpty();
    }

    private SystemdStopper unit(String properties, String status) throws IOException {
        process("self", status + "\n");
        Path systemctl = Files.writeString(directory.resolve("systemctl"), "#!/bin/sh\necho '" + properties + "'\n");
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new SystemdStopper("llama",
                new SystemdStopper.Host(systemctl.toString(), directory.resolve("units"), new ProcessTable(directory)));
    }

    private void process(String name, String status) throws IOException {
        Files.createDirectories(directory.resolve(name));
        Files.writeString(directory.resolve(name).resolve("status"), status);
    }
}
