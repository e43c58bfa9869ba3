// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HubLayoutTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String SHA = "ab".repeat(32);

    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    private CacheLayout layout;
    private Path tree;
    private final Manifest manifest = new Manifest(Manifest.FORMAT, "hf://meta/llama", COMMIT, Asked.UNKNOWN, true,
            true, "boot",
            List.of(new Manifest.Entry("sub/a.bin", 5, "", List.of("sha256:" + SHA))));

    @BeforeEach
    void fill() throws IOException {
        layout = new CacheLayout(root);
        tree = Files.createDirectories(layout.trees().resolve("llama@1/sub")).resolveSibling("");
        Files.writeString(tree.resolve("sub/a.bin"), "right");
    }

    private Path repository() {
        return layout.hub("meta/llama");
    }

    private void publish(Links links, String reference) throws Exception {
        new HubLayout(layout, repository(), links).publish(tree, manifest, COMMIT, reference);
    }

    private Path snapshot() {
        return repository().resolve("snapshots").resolve(COMMIT).resolve("sub/a.bin");
    }

    @Test
    void blobSnapshotAndReferenceAreThereAndNothingElse() throws Exception {
        publish(Links.HARD, "refs/pr/1");

        assertThat(snapshot()).hasContent("right");
        assertThat(Files.readSymbolicLink(snapshot())).hasToString("../../../blobs/" + SHA);
        assertThat(repository().resolve("refs/refs/pr/1")).hasContent(COMMIT);
        try (Stream<Path> all = Files.walk(repository())) {
            assertThat(all.filter(path -> !Files.isDirectory(path))).hasSize(3);
        }
        assertThat(layout.scratch()).isEmptyDirectory();
    }

    @Test
    void whereHardLinksAreRefusedTheBlobIsALinkAndNotASecondCopy() throws Exception {
        publish((name, existing) -> {
            throw new UnsupportedOperationException("no links here");
        }, "main");

        assertThat(snapshot()).hasContent("right");
        assertThat(repository().resolve("blobs/" + SHA)).isSymbolicLink();
    }

    @Test
    void blobOfAnotherWithThatNameGivesWayToTheVerifiedOne() throws Exception {
        Files.createDirectories(repository().resolve("blobs"));
        Files.writeString(repository().resolve("blobs/" + SHA), "wrong");

        publish(Links.HARD, "main");

        assertThat(snapshot()).hasContent("right");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/../../b", "/etc/x", "a//b", ""})
    void referenceThatClimbsIsRefused(String reference) {
        assertThatThrownBy(() -> publish(Links.HARD, reference)).isInstanceOf(CacheException.class);
        assertThat(repository()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "blobs", "snapshots", "snapshots/" + COMMIT, "snapshots/" + COMMIT + "/sub", "refs"})
    void linkPlantedWhereAFolderShouldBeIsRefused(String name) throws Exception {
        Path planted = repository().resolve(name);
        Files.createDirectories(planted.getParent());
        Files.createSymbolicLink(planted, elsewhere);

        assertThatThrownBy(() -> publish(Links.HARD, "main")).isInstanceOf(CacheException.class)
                .hasMessageContaining(planted.getFileName().toString());
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void forgettingAVersionLeavesNoLinkThatLeadsNowhere() throws Exception {
        publish(Links.HARD, "main");
        HubFolders hub = HubFolders.of(root);

        hub.forget(ModelFiles.of(tree, hub));

        assertThat(repository()).doesNotExist();
    }

    @Test
    void forgettingAVersionKeepsWhatAnotherShows() throws Exception {
        publish(Links.HARD, "main");
        Path other = Files.createDirectories(layout.trees().resolve("llama@2"));
        Files.createLink(other.resolve("a.bin"), tree.resolve("sub/a.bin"));
        HubFolders hub = HubFolders.of(root);
        ModelFiles files = ModelFiles.of(tree, hub);

        hub.forget(files);

        assertThat(files.freedBytes()).isZero();
        assertThat(snapshot()).hasContent("right");
    }
}
