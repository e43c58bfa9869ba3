// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class StateDirectoryLockTest {

    @TempDir
    Path directory;

    @Test
    void aSecondAgentIsRefusedUntilTheFirstHasEnded() throws IOException {
        StateDirectoryLock first = StateDirectoryLock.take(directory.resolve("new/state"));

        assertThatIOException().isThrownBy(() -> StateDirectoryLock.take(directory.resolve("new/state")))
                .withMessageContaining("process " + ProcessHandle.current().pid())
                .withMessageContaining(directory.resolve("new/state").toString());

        first.close();
        first.close();
        StateDirectoryLock.take(directory.resolve("new/state")).close();
    }

    @Test
    void aLinkToTheDirectoryIsTheSameDirectory() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("d")));

        try (StateDirectoryLock _ = StateDirectoryLock.take(directory.resolve("d"))) {
            assertThatIOException().isThrownBy(() -> StateDirectoryLock.take(link));
        }
    }

    @Test
    void noOtherUserMayReadTheFileAndSoLockItFirst() throws IOException {
        try (StateDirectoryLock _ = StateDirectoryLock.take(directory)) {
            assertThat(Files.getPosixFilePermissions(directory.resolve(StateDirectoryLock.FILE)))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenKeepsNoAgentFromStarting() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        try (StateDirectoryLock first = StateDirectoryLock.take(file.resolve("state"));
                StateDirectoryLock second = StateDirectoryLock.take(file.resolve("state"))) {
            assertThat(first).isNotSameAs(second);
        }
    }

    /** Otherwise a user who makes a directory in /tmp before the agent keeps it from starting. */
    @Test
    void aLockThatAnotherUserCouldHoldKeepsNoAgentFromStarting() throws IOException {
        Path planted = Files.createDirectory(directory.resolve("lastcall-gate"));
        Files.setPosixFilePermissions(planted, PosixFilePermissions.fromString("rwxrwxrwx"));

        try (StateDirectoryLock first = StateDirectoryLock.take(planted);
                StateDirectoryLock second = StateDirectoryLock.take(planted)) {
            assertThat(first).isNotSameAs(second);
            assertThat(planted).isEmptyDirectory();
        }
    }
}
