// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.files.FileStep.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class OwnDirectoryTest {

    private static final long SELF = 998;
    private static final long STRANGER = 1001;
    private static final int OVERFLOW_USER = 65534;
    private static final ProcessUser AGENT = new ProcessUser(SELF, SELF, SELF, 0);
    private static final FileStep ROOT = directory("/", 0, 0, 0755);

    @TempDir
    Path directory;

    @Test
    void takesWhatOnlyRootOrTheAgentMayWrite() {
        assertThat(objection(directory("/var", 0, 0, 0755))).isEmpty();
        assertThat(objection(directory("/run", 0, 0, 0775))).as("root's own group").isEmpty();
        assertThat(objection(directory("/var", SELF, SELF, 0775))).as("the agent's own group").isEmpty();
        assertThat(objection(directory("/tmp", 0, 0, 01777), directory("/tmp/gate", SELF, SELF, 0700))).isEmpty();
        assertThat(objection(directory("/tmp", 0, 0, 0777), directory("/tmp/gate", SELF, SELF, 0700)))
                .as("a pod's own volume")
                .isEmpty();
    }

    @Test
    void refusesWhatAnotherUserMayHavePlanted() {
        assertThat(objection(directory("/tmp", 0, 0, 01777), directory("/tmp/gate", STRANGER, STRANGER, 0700)))
                .hasValueSatisfying(why -> assertThat(why).contains("belongs to user " + STRANGER));
        assertThat(
                objection(directory("/tmp", 0, 0, 01777), link("/tmp/gate", STRANGER), directory("/root", 0, 0, 0700)))
                .isPresent();
        assertThat(objection(directory("/home/s", STRANGER, STRANGER, 0755), directory("/home/s/x", 0, 0, 0755)))
                .isPresent();
        assertThat(objection(directory("/tmp", 0, 0, 01777))).isPresent();
        assertThat(objection(directory("/srv", 0, 0, 0777))).isPresent();
        assertThat(objection(directory("/srv", SELF, STRANGER, 0775)))
                .hasValueSatisfying(why -> assertThat(why).contains("group " + STRANGER));
    }

    /** In an image for its own user, and for every owner that has no number in a user namespace. */
    @Test
    void takesTheOwnerWithoutANumberForNoStrangerUnlessEveryUserCouldHavePutItThere() {
        assertThat(objection(directory("/", 0, 0, 0755), directory("/run", OVERFLOW_USER, OVERFLOW_USER, 0755)))
                .isEmpty();
        assertThat(
                objection(directory("/tmp", 0, 0, 01777), directory("/tmp/gate", OVERFLOW_USER, OVERFLOW_USER, 0700)))
                .isPresent();
        assertThat(objection(directory("/", 0, 0, 0755), directory("/srv", OVERFLOW_USER, OVERFLOW_USER, 0777)))
                .isPresent();
    }

    @Test
    void makesADirectoryAndUsesNoFileInItsPlace() throws IOException {
        Path made = directory.resolve("a/b");
        OwnDirectory.make(made, "rwx--x--x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx--x--x");
        OwnDirectory.make(made, "rwx--x--x");

        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatIOException().isThrownBy(() -> OwnDirectory.make(made, "rwx------"))
                .withMessage("every user may put files into " + made);
        assertThat(OwnDirectory.objection(directory.resolve("none"))).isEmpty();
    }

    @Test
    void usesNoDirectoryThatAnotherUserHasPlanted() throws IOException {
        assumeTrue(ProcessUser.self().effective() == 0, "only root gives files away");
        Path planted = Files.createDirectory(directory.resolve("lastcall-gate"));
        Files.setAttribute(planted, "unix:uid", OVERFLOW_USER);

        assertThatIOException().isThrownBy(() -> OwnDirectory.make(planted, "rwx------"))
                .withMessageContaining("belongs to user " + OVERFLOW_USER);
    }

    @Test
    void aFileIsReadableByOthersOnlyIfItsDirectoriesAre() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("etc"));
        Path file = Files.writeString(folder.resolve("f"), "secret");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(OwnDirectory.othersCanRead(file)).isTrue();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(OwnDirectory.othersCanRead(file)).isFalse();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(OwnDirectory.othersCanRead(file)).isFalse();
        assertThat(OwnDirectory.othersCanRead(directory.resolve("none"))).isFalse();
    }

    private static Optional<String> objection(FileStep... way) {
        List<FileStep> steps = new ArrayList<>(List.of(ROOT));
        steps.addAll(List.of(way));
        return OwnDirectory.objection(steps, AGENT);
    }

    private static FileStep directory(String path, long owner, long group, int mode) {
        return new FileStep(Path.of(path), Kind.DIRECTORY, owner, group, mode, 2, 1, 1, FileTime.fromMillis(0));
    }

    private static FileStep link(String path, long owner) {
        return new FileStep(Path.of(path), Kind.LINK, owner, owner, 0777, 1, 1, 2, FileTime.fromMillis(0));
    }
}
