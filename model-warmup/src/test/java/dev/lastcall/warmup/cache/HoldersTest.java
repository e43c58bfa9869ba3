// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Processes as {@code proc(5)} shows them, laid out by hand. */
class HoldersTest {

    private static final Path ROOT = Path.of("/var/lib/lastcall/models");

    @TempDir
    Path proc;

    @TempDir
    Path disk;

    private Path process;

    @BeforeEach
    void begin() throws IOException {
        process = Files.createDirectories(proc.resolve("4711/fd")).resolveSibling("");
        Files.createDirectory(proc.resolve("sys"));
    }

    private void runs(String commandLine, String environment) throws IOException {
        Files.writeString(process.resolve("cmdline"), commandLine.replace(' ', '\0') + "\0");
        Files.writeString(process.resolve("environ"), environment.replace(' ', '\0') + "\0");
    }

    private boolean isServed(String... repositories) {
        return new RunningServers(proc).serve(ROOT,
                Set.of(ROOT.resolve("llama"), ROOT.resolve(".lastcall/trees/llama@1")),
                Set.of(repositories).stream().map(ROOT::resolve).collect(java.util.stream.Collectors.toSet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm serve /var/lib/lastcall/models/llama",
        "vllm serve --model=/var/lib/lastcall/models/llama/",
        "llama-server -m /var/lib/lastcall/models/llama/model.gguf",
        "tgi /var/lib/lastcall/models/.lastcall/trees/llama@1"})
    void commandLineThatNamesTheFolderHoldsTheModel(String commandLine) throws IOException {
        runs(commandLine, "HOME=/root");

        assertThat(isServed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm serve /var/lib/lastcall/models/llama-3",
        "vllm serve /data/var/lib/lastcall/models/llama",
        "lastcall daemon --cache /var/lib/lastcall/models", "vllm serve llama", ""})
    void commandLineThatNamesSomethingElseDoesNot(String commandLine) throws IOException {
        runs(commandLine, "HF_HOME=/var/lib/lastcall/models");

        assertThat(isServed("models--meta--llama")).isFalse();
    }

    @Test
    void environmentCountsToo() throws IOException {
        runs("entrypoint.sh", "MODEL=/var/lib/lastcall/models/llama");

        assertThat(isServed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm serve meta/llama", "vllm serve --model=meta/llama --port 80", "sglang meta/llama:q4"})
    void repositoryNameWithThisCacheHoldsTheModel(String commandLine) throws IOException {
        runs(commandLine, "HF_HUB_OFFLINE=1 HF_HUB_CACHE=/var/lib/lastcall/models");
        assertThat(isServed("models--meta--llama")).isTrue();
        assertThat(isServed("models--meta--llama-2")).isFalse();

        runs(commandLine, "HF_HUB_CACHE=/elsewhere");
        assertThat(isServed("models--meta--llama")).isFalse();
    }

    @Test
    void homeOfTheHubNamesTheCacheThatIsItsHubFolder() throws IOException {
        runs("vllm serve meta/llama", "HF_HOME=/cache");
        Path hub = Path.of("/cache/hub");

        assertThat(new RunningServers(proc).serve(hub, Set.of(hub.resolve("llama")),
                Set.of(hub.resolve("models--meta--llama")))).isTrue();
    }

    @Test
    void endlessCommandLineIsReadToItsBoundOnly() throws IOException {
        runs("x".repeat(300 * 1024) + " /var/lib/lastcall/models/llama", "");

        assertThat(isServed()).isFalse();
    }

    @Test
    void fileOpenUnderAnotherNameOrPathHoldsTheModel() throws IOException {
        Path tree = Files.createDirectories(disk.resolve(".lastcall/trees/llama@1"));
        Path file = Files.writeString(tree.resolve("a.bin"), "bytes");
        Path blobs = Files.createDirectories(disk.resolve("models--meta--llama/blobs"));
        Files.createLink(blobs.resolve("ab12"), file);
        HubFolders hub = HubFolders.of(disk);
        ModelFiles files = ModelFiles.of(tree, hub);
        OpenFiles open = new OpenFiles(proc, path -> FileLeases.Answer.UNKNOWN);
        assertThat(open.isUsed(files)).isFalse();

        Path descriptor = process.resolve("fd/7");
        Files.createSymbolicLink(descriptor, blobs.resolve("ab12"));
        assertThat(open.isUsed(files)).as("by the hub's name").isTrue();

        Files.delete(descriptor);
        Path elsewhere = Files.createDirectory(disk.resolve("mounted"));
        Files.createLink(elsewhere.resolve("a.bin"), file);
        Files.createSymbolicLink(descriptor, elsewhere.resolve("a.bin"));
        assertThat(open.isUsed(files)).as("by the path that a container sees").isTrue();

        Files.delete(descriptor);
        Files.createSymbolicLink(descriptor, Files.writeString(elsewhere.resolve("b.bin"), "other"));
        assertThat(open.isUsed(files)).isFalse();

        Files.writeString(process.resolve("maps"),
                "7f00-7f01 r--s 00000000 08:01 " + HubFolders.inode(file) + "    /models/a.bin\n");
        assertThat(open.isUsed(files)).as("mapped").isTrue();
    }
}
