// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.AgentText;
import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class PermissionCheckTest {

    @TempDir
    Path directory;

    @Test
    void whatCannotBeStoppedOrWrittenIsNamedWithItsRemedy() throws IOException {
        AgentText text = AgentText.in(directory);
        Files.writeString(text.stateDirectory(), "a file where a directory should be");

        List<Condition> missing = PermissionCheck.missing(text.read(), Map.of("llama", stuck()));

        assertThat(missing).extracting(Condition::code)
                .containsExactly(ConditionCode.CANNOT_STOP, ConditionCode.CANNOT_WRITE);
        assertThat(missing.getFirst().subject()).isEqualTo("llama");
        assertThat(missing.getFirst().message()).isEqualTo("no right to");
        assertThat(missing.getLast().message()).contains(text.stateDirectory() + " is not a directory");
        assertThat(missing.getLast().remedy()).contains("ReadWritePaths=" + text.stateDirectory());
    }

    @Test
    void directoriesThatOthersMayWriteAndSecretsThatOthersMayReadAreNamed() throws IOException {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef0123");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        AgentText text = AgentText.in(directory)
                .notices("cloud: none\nwebhook: {url: \"http://127.0.0.1:1/\", tokenFile: " + token
                        + "}\nsources: [{name: flag, file: " + shared.resolve("flag") + "}]");

        List<Condition> missing = PermissionCheck.missing(text.read(), Map.of());

        assertThat(missing).extracting(Condition::code, Condition::subject)
                .containsExactly(tuple(ConditionCode.UNTRUSTED_DIRECTORY, "sources flag"),
                        tuple(ConditionCode.SECRET_READABLE, token.toString()));

        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(PermissionCheck.missing(text.read(), Map.of())).isEmpty();
    }

    @Test
    void aDirectoryThatIsStillToBeMadeIsNoProblem() {
        assertThat(PermissionCheck.unwritable(directory.resolve("a/b/c"))).isEmpty();
    }

    @Test
    void theyAreLookedForAtTheStartAndStandInTheStatus() {
        ConditionBoard board = new ConditionBoard();
        var watch = new PermissionMonitor(
                () -> List.of(Condition.of(ConditionCode.CANNOT_STOP, "llama", "no right to")), board,
                NodeClock.system(), LoopObserver.NONE);
        watch.start();
        try {
            Awaitility.await().until(() -> !board.isProtected());
        } finally {
            watch.close();
        }
    }

    private static Stopper stuck() {
        return new Stopper() {
            @Override
            public Outcome terminate(Duration bound) {
                return Outcome.DONE;
            }

            @Override
            public Outcome kill(Duration bound) {
                return Outcome.DONE;
            }

            @Override
            public boolean isGone() {
                return false;
            }

            @Override
            public Optional<String> obstacle() {
                return Optional.of("no right to");
            }
        };
    }
}
