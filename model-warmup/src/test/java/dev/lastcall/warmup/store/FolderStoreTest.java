// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.lastcall.warmup.scripted.TestBytes;
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

    private Listing list(String... exclude) throws StoreException {
        return new FolderStore(folder).list(new Selection(List.of(), List.of(exclude)));
    }

    @Test
    void filesAreListedInReadingOrderWithTheirDigestsAndWithoutTheHidden() throws StoreException {
        Listing listing = list("SHA256SUMS");

        assertThat(listing.files()).extracting(RemoteFile::path)
                .containsExactly("config.json", "linked.bin", "model-10.bin",
                        "sub/model-2.bin");
        assertThat(listing.files().getLast().bestDigest()).contains(TestBytes.sha256(bytes));
    }

    @Test
    void patternsChooseTheFiles() throws StoreException {
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
}
