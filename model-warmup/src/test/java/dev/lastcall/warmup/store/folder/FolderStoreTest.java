// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class FolderStoreTest {

    @TempDir
    Path folder;

    private final byte[] bytes = TestBytes.random(10_000, 4);

    @BeforeEach
    void fill() throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        Files.createDirectories(folder.resolve(".git"));
        Files.write(folder.resolve("sub/model-2.bin"), bytes);
        Files.write(folder.resolve("model-10.bin"), new byte[3]);
        Files.write(folder.resolve("config.json"), new byte[2]);
        Files.write(folder.resolve(".git/HEAD"), new byte[1]);
        Files.createSymbolicLink(folder.resolve("linked.bin"), folder.resolve("model-10.bin"));
        Files.writeString(folder.resolve("SHA256SUMS"), TestBytes.sha256(bytes).hex() + " *sub/model-2.bin\n");
    }

    private Listing list(String... exclude) throws StoreException, InterruptedException {
        return new FolderStore(folder).list(new Selection(List.of(), List.of(exclude)));
    }

    @Test
    void filesAreListedInReadingOrderWithTheirDigestsAndWithoutTheHidden() throws Exception {
        Listing listing = list("SHA256SUMS");

        assertThat(listing.files()).extracting(RemoteFile::path)
                .containsExactly("config.json", "linked.bin", "model-10.bin",
                        "sub/model-2.bin");
        assertThat(listing.files().getLast().bestDigest()).contains(TestBytes.sha256(bytes));
    }

    @Test
    void patternsChooseTheFiles() throws Exception {
        assertThat(list("*.bin", "SHA256SUMS").files()).extracting(RemoteFile::path).containsExactly("config.json");
        assertThat(list("sub/").files()).extracting(RemoteFile::path).doesNotContain("sub/model-2.bin");
    }

    @Test
    void rangesAreReadExactly() throws Exception {
        RemoteFile file = list().files().stream().filter(f -> f.path().startsWith("sub")).findFirst().orElseThrow();
        ByteBuffer buffer = ByteBuffer.allocate(10_000);
        try (RangeReader reader = new FolderStore(folder).openReader()) {
            reader.open(file, 77, 4000);
            while (buffer.position() < 4000) {
                assertThat(reader.read(buffer)).isPositive();
            }
        }

        assertThat(buffer.position()).isEqualTo(4000);
        assertThat(ByteBuffer.wrap(bytes, 77, 4000).mismatch(buffer.flip())).isEqualTo(-1);
    }

    @Test
    void aFileThatChangesIsNoticed() throws Exception {
        RemoteFile file = list().files().getFirst();
        Files.write(folder.resolve("config.json"), new byte[5]);
        try (RangeReader reader = new FolderStore(folder).openReader()) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 1));

            assertThat(failure.problem()).isEqualTo(StoreProblem.CHANGED);
            assertThat(failure).hasMessageContaining("config.json");
        }
    }

    @Test
    void aFolderThatIsNotThereSaysSo() {
        StoreException failure = catchThrowableOfType(StoreException.class,
                () -> new FolderStore(folder.resolve("gone")).list(Selection.ALL));

        assertThat(failure).hasMessageContaining("gone: no such file or folder; is it mounted")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void aLinkToNowhereIsNamedAndNotLeftOut() throws Exception {
        Files.createSymbolicLink(folder.resolve("shard-2.bin"), Path.of("/nowhere/shard-2.bin"));

        StoreException failure = catchThrowableOfType(StoreException.class, () -> list("linked.bin"));

        assertThat(failure).hasMessageContaining("shard-2.bin").hasMessageContaining("/nowhere/shard-2.bin");
        assertThat(list("shard-2.bin").files()).as("unless it is not wanted").isNotEmpty();
    }

    @Test
    void linksOutOfTheFolderAreRefusedByName(@TempDir Path elsewhere) throws Exception {
        Path secret = Files.writeString(elsewhere.resolve("secret"), "for root alone");
        Files.createSymbolicLink(folder.resolve("extra.json"), secret);

        StoreException file = catchThrowableOfType(StoreException.class, this::list);
        Files.delete(folder.resolve("extra.json"));
        Files.createSymbolicLink(folder.resolve("more"), elsewhere);
        StoreException directory = catchThrowableOfType(StoreException.class, this::list);

        assertThat(file).hasMessageContaining("extra.json").hasMessageContaining("out of the folder");
        assertThat(directory).hasMessageContaining("more").hasMessageContaining("out of the folder");
        assertThat(list("more/").files()).as("unless it is not wanted").isNotEmpty();
    }

    @Test
    void aFolderThatIsALinkIntoItselfEnds() throws Exception {
        Files.createSymbolicLink(folder.resolve("sub/again"), folder);

        StoreException failure = catchThrowableOfType(StoreException.class, this::list);

        assertThat(failure).hasMessageContaining("sub/again").hasMessageContaining("leads back");
    }

    /** Put there between the listing and the reading. */
    @Test
    void aFileOrFolderThatBecameALinkIsNotFollowed(@TempDir Path elsewhere) throws Exception {
        FolderStore store = new FolderStore(folder);
        RemoteFile file = store.list(Selection.ALL)
                .files()
                .stream()
                .filter(one -> one.path().startsWith("sub"))
                .findFirst()
                .orElseThrow();
        Files.write(elsewhere.resolve("model-2.bin"), new byte[bytes.length]);
        Files.move(folder.resolve("sub"), folder.resolve("moved"));
        Files.createSymbolicLink(folder.resolve("sub"), elsewhere);

        try (RangeReader reader = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10))).isNotNull();
        }
    }

    @Test
    void aSnapshotOfTheHubsCacheIsReadThroughItsLinks(@TempDir Path hub) throws Exception {
        Path repository = Files.createDirectories(hub.resolve("models--org--name"));
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/abc"));
        Files.write(blobs.resolve("123"), bytes);
        Files.createSymbolicLink(snapshot.resolve("model.bin"), Path.of("../../blobs/123"));

        assertThat(new FolderStore(snapshot).list(Selection.ALL).files()).extracting(RemoteFile::path)
                .containsExactly("model.bin");
    }

    @Test
    void aListOfDigestsThatCanNotBeUsedCostsTheDigestsOnly() throws Exception {
        Files.writeString(folder.resolve("a.bin"), "a");
        Files.writeString(folder.resolve("SHA256SUMS"), "<html>no list</html>");

        try (FolderStore store = new FolderStore(folder)) {
            Listing listing = store.list(new Selection(List.of("a.bin"), List.of()));

            assertThat(listing.files()).singleElement().extracting(RemoteFile::digests).isEqualTo(List.of());
            assertThat(listing.notes()).singleElement().asString().contains("SHA256SUMS");
        }
    }
}
