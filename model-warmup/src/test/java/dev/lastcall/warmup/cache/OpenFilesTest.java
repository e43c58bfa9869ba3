// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Whether a model is in use, and what counts where that cannot be seen. */
class OpenFilesTest {

    @TempDir
    Path disk;
    @TempDir
    Path proc;

    private Path file;
    private ModelFiles files;

    @BeforeEach
    void fill() throws IOException {
        Path tree = Files.createDirectories(disk.resolve(".lastcall/trees/llama@1"));
        file = Files.writeString(tree.resolve("a.bin"), "bytes");
        Files.writeString(tree.resolve("b.bin"), "bytes too");
        files = ModelFiles.of(tree, HubFolders.of(disk));
    }

    @Test
    void theKernelKnowsAFileThatIsOpenOrMappedAndOneThatIsNot() throws IOException {
        Assumptions.assumeTrue(FileLeases.ask(file) != FileLeases.Answer.UNKNOWN, "no leases on this file system");
        assertThat(FileLeases.ask(file)).isEqualTo(FileLeases.Answer.FREE);
        Path otherName = Files.createLink(disk.resolve("blob"), file);

        try (FileChannel channel = FileChannel.open(otherName)) {
            assertThat(FileLeases.ask(file)).as("by another name").isEqualTo(FileLeases.Answer.IN_USE);
            assertThat(channel.size()).isPositive();
        }

        assertThat(FileLeases.ask(file)).isEqualTo(FileLeases.Answer.FREE);
    }

    @Test
    void aLinkIsNotFollowedAndWhatIsNotThereIsUnknown() throws IOException {
        Path link = Files.createSymbolicLink(disk.resolve("link"), file);

        assertThat(FileLeases.ask(link)).isEqualTo(FileLeases.Answer.UNKNOWN);
        assertThat(FileLeases.ask(disk.resolve("gone"))).isEqualTo(FileLeases.Answer.UNKNOWN);
    }

    private boolean isUsed(FileLeases.Answer... answers) {
        Queue<FileLeases.Answer> left = new ArrayDeque<>(List.of(answers));
        return new OpenFiles(proc, path -> left.remove()).isUsed(files);
    }

    @Test
    void oneFileInUseIsEnoughAndAllFreeNeedNoLookAtProcesses() throws IOException {
        Files.delete(proc);

        assertThat(isUsed(FileLeases.Answer.FREE, FileLeases.Answer.FREE)).isFalse();
        assertThat(isUsed(FileLeases.Answer.FREE, FileLeases.Answer.IN_USE)).isTrue();
    }

    @Test
    void whereTheKernelCannotSayAProcessThatMayNotBeLookedAtCountsAsOneThatUsesIt() throws IOException {
        Path process = Files.createDirectories(proc.resolve("4711/fd")).resolveSibling("");
        Files.writeString(process.resolve("maps"), "");
        assertThat(isUsed(FileLeases.Answer.UNKNOWN, FileLeases.Answer.FREE)).isFalse();

        hide(process.resolve("maps"));

        assertThat(isUsed(FileLeases.Answer.UNKNOWN, FileLeases.Answer.FREE)).isTrue();
    }

    @Test
    void whereNoProcessCanBeSeenEverythingIsInUse() throws IOException {
        Files.delete(proc);

        assertThat(isUsed(FileLeases.Answer.UNKNOWN, FileLeases.Answer.UNKNOWN)).isTrue();
    }

    /** Root reads everything but this, which no user may read. */
    private static void hide(Path path) throws IOException {
        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("/proc/sys/vm/drop_caches"));
    }
}
