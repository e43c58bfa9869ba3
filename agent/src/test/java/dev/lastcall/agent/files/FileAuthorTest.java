// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.files.FileStep.Kind;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class FileAuthorTest {

    private static final long SELF = 998;
    private static final long SERVER = 1000;
    private static final long STRANGER = 1001;
    private static final FileStep ROOT = directory("/", 0, 0, 0755);

    @TempDir
    Path directory;

    @Test
    void believesWhatOnlyRootOrTheAgentCanHaveWritten() {
        assertThat(judge(directory("/run", 0, 0, 0755), file(0, 0, 0644))).isEqualTo(FileAuthor.TRUSTED);
        assertThat(judge(directory("/run", 0, 0, 0775), file(SELF, SELF, 0640))).isEqualTo(FileAuthor.TRUSTED);
        assertThat(judge(directory("/tmp", 0, 0, 01777), file(0, 0, 0644))).isEqualTo(FileAuthor.TRUSTED);
        assertThat(judge(directory("/run", 0, 0, 0755), link("/run/a", 0), file(0, 0, 0644)))
                .isEqualTo(FileAuthor.TRUSTED);
    }

    @Test
    void takesAnotherUsersFileForThatUsersWord() {
        assertThat(judge(directory("/run/vllm", SERVER, SERVER, 0755), file(SERVER, SERVER, 0664)))
                .isEqualTo(new FileAuthor.User(SERVER));
        assertThat(judge(directory("/tmp", 0, 0, 01777), file(SERVER, SERVER, 0644)))
                .isEqualTo(new FileAuthor.User(SERVER));
    }

    @Test
    void believesNoUserWhereEveryUserMayWrite() {
        assertThat(judge(directory("/run", 0, 0, 0755), file(0, 0, 0666))).isInstanceOf(FileAuthor.Unknown.class);
        assertThat(judge(directory("/run", 0, 0, 0755), file(SERVER, SERVER, 0646)))
                .isInstanceOf(FileAuthor.Unknown.class);
    }

    @Test
    void doesNotTakeRootsFileInAnothersDirectoryForRootsWord() {
        assertThat(judge(directory("/shared", 0, 0, 0777), file(0, 0, 0644))).isInstanceOf(FileAuthor.Unknown.class);
        assertThat(judge(directory("/shared", 0, SERVER, 0775), file(0, 0, 0644)))
                .isInstanceOf(FileAuthor.Unknown.class);
        assertThat(judge(directory("/home/v", SERVER, SERVER, 0755), file(0, 0, 0644)))
                .isInstanceOf(FileAuthor.Unknown.class);
    }

    @Test
    void distrustsASecondNameOfRootsFileWhereEverybodyMayMakeOne() {
        var twice = new FileStep(Path.of("/tmp/a.pid"), Kind.FILE, 0, 0, 0644, 2, 1, 9, FileTime.fromMillis(0));

        assertThat(judge(directory("/tmp", 0, 0, 01777), twice)).isInstanceOf(FileAuthor.Unknown.class);
        assertThat(judge(directory("/run", 0, 0, 0755), twice)).isEqualTo(FileAuthor.TRUSTED);
    }

    @Test
    void distrustsALinkThatAnotherUserTurned() {
        assertThat(judge(directory("/tmp", 0, 0, 01777), link("/tmp/a.pid", STRANGER), directory("/run", 0, 0, 0755),
                file(0, 0, 0644))).isInstanceOf(FileAuthor.Unknown.class);
        assertThat(judge(directory("/tmp", 0, 0, 01777), link("/tmp/a.pid", STRANGER), directory("/run", 0, 0, 0755),
                file(STRANGER, 0, 0644))).isInstanceOf(FileAuthor.Unknown.class);
        assertThat(judge(directory("/home/s", STRANGER, STRANGER, 0755), file(SERVER, SERVER, 0644)))
                .isInstanceOf(FileAuthor.Unknown.class);
    }

    @Property(tries = 3000)
    void aStrangerWhoOwnsAnyStepIsNeverTrusted(@ForAll("steps") List<FileStep> way, @ForAll("file") FileStep last) {
        List<FileStep> steps = new ArrayList<>(List.of(ROOT));
        steps.addAll(way);
        steps.add(last);
        boolean foreign = steps.stream().anyMatch(step -> step.owner() == STRANGER);

        FileAuthor author = FileAuthor.of(steps, SELF);

        if (foreign) {
            assertThat(author).isNotInstanceOf(FileAuthor.Trusted.class);
        }
        if (author instanceof FileAuthor.User(long id)) {
            assertThat(id).isEqualTo(last.owner()).isNotZero();
            assertThat(steps).allMatch(step -> step.owner() == id || step.owner() == 0 || step.owner() == SELF);
        }
    }

    @Provide
    Arbitrary<List<FileStep>> steps() {
        return step(Kind.DIRECTORY, Kind.LINK).list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<FileStep> file() {
        return step(Kind.FILE, Kind.OTHER);
    }

    private static Arbitrary<FileStep> step(Kind... kinds) {
        return Combinators
                .combine(Arbitraries.of(kinds), Arbitraries.of(0L, SELF, SERVER, STRANGER),
                        Arbitraries.of(0L, SERVER), Arbitraries.of(0755, 0775, 0777, 01777, 0644, 0600),
                        Arbitraries.of(1, 2))
                .as((kind, owner, group, mode, links) -> new FileStep(Path.of("/x"), kind, owner, group, mode, links,
                        1, 2, FileTime.fromMillis(0)));
    }

    @Test
    void seesEachLinkOnTheWay() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Files.writeString(real.resolve("file"), "1");
        Files.createSymbolicLink(directory.resolve("folder"), Path.of("real"));
        Files.createSymbolicLink(real.resolve("again"), Path.of("../folder/./file"));

        List<FileStep> steps = FileAuthor.walk(directory.resolve("folder/again"));

        assertThat(steps).filteredOn(step -> step.kind() == Kind.LINK)
                .extracting(FileStep::path)
                .containsExactly(directory.resolve("folder"), real.resolve("again"), directory.resolve("folder"));
        assertThat(steps.getLast().path()).isEqualTo(real.resolve("file"));
    }

    @Test
    void followsNoEndlessLink() throws IOException {
        Files.createSymbolicLink(directory.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(directory.resolve("b"), Path.of("a"));

        assertThatIOException().isThrownBy(() -> FileAuthor.walk(directory.resolve("a")))
                .withMessageContaining("more than 40 links");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> FileAuthor.walk(directory.resolve("none")));
    }

    @Test
    void opensNoPipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

        assertThat(AuthoredText.read(pipe, 64, ProcessUser.self().effective()).author())
                .isInstanceOf(FileAuthor.Unknown.class);
    }

    @Test
    void readsNoMoreThanItsLimitOfAFileOfItsOwn() throws IOException {
        Path file = Files.writeString(directory.resolve("long"), "x".repeat(1000));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        AuthoredText read = AuthoredText.read(file, 64, ProcessUser.self().effective());

        assertThat(read.author()).isEqualTo(FileAuthor.TRUSTED);
        assertThat(read.text()).hasSize(64);
    }

    private static FileAuthor judge(FileStep... way) {
        List<FileStep> steps = new ArrayList<>(List.of(ROOT));
        steps.addAll(List.of(way));
        return FileAuthor.of(steps, SELF);
    }

    private static FileStep directory(String path, long owner, long group, int mode) {
        return new FileStep(Path.of(path), Kind.DIRECTORY, owner, group, mode, 2, 1, 1, FileTime.fromMillis(0));
    }

    private static FileStep link(String path, long owner) {
        return new FileStep(Path.of(path), Kind.LINK, owner, owner, 0777, 1, 1, 2, FileTime.fromMillis(0));
    }

    private static FileStep file(long owner, long group, int mode) {
        return new FileStep(Path.of("/run/a.pid"), Kind.FILE, owner, group, mode, 1, 1, 3, FileTime.fromMillis(0));
    }
}
