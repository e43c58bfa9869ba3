// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class JournalTest {

    private static final int RECORD_BYTES = 24;

    private static final int PART = 4096;
    private static final int PARTS = 8;
    private static final String BOOT = "this boot";

    @TempDir
    Path folder;

    private final byte[] bytes = TestBytes.random(PARTS * PART, 3);

    private static RemoteFile file(String etag) {
        return new RemoteFile("a", (long) PARTS * PART, new Validator.Tag(etag), List.of(), true, "");
    }

    private Path path() {
        return folder.resolve("a.part");
    }

    private PartialFile open(String etag, String boot) throws IOException {
        return PartialFile.open(path(), file(etag), PART, boot, WriteMode.CACHED);
    }

    private void write(PartialFile partial, int part) throws IOException {
        FetchRig.write(partial, part, bytes, Optional.empty());
    }

    private void fill(int... parts) throws IOException {
        try (PartialFile partial = open("\"v1\"", BOOT)) {
            for (int part : parts) {
                write(partial, part);
            }
        }
    }

    private List<Integer> missing(String etag, String boot) throws IOException {
        try (PartialFile partial = open(etag, boot)) {
            return partial.missing().stream().boxed().toList();
        }
    }

    @Test
    void aFileOfOnePartHasNoJournal() throws IOException {
        RemoteFile small = new RemoteFile("a", PART, new Validator.Tag("\"v1\""), List.of(), true, "");

        try (PartialFile partial = PartialFile.open(path(), small, PART, BOOT, WriteMode.CACHED)) {
            write(partial, 0);
            partial.sync();

            assertThat(partial.isWhole()).isTrue();
            assertThat(folder).isDirectoryNotContaining(file -> file.getFileName().toString().endsWith(".journal"));
        }
    }

    @Test
    void whatIsOnRecordNeedNotComeAgain() throws IOException {
        fill(0, 5, 2);

        assertThat(missing("\"v1\"", BOOT)).containsExactly(1, 3, 4, 6, 7);
    }

    @Test
    void aLongFileWithoutJournalIsNothing() throws IOException {
        fill(0, 1, 2, 3, 4, 5, 6, 7);
        Files.delete(folder.resolve("a.part.journal"));

        assertThat(missing("\"v1\"", BOOT)).hasSize(PARTS);
    }

    @Test
    void aJournalWithoutItsBytesIsNothing() throws IOException {
        fill(0, 1);
        Files.delete(path());

        assertThat(missing("\"v1\"", BOOT)).hasSize(PARTS);
    }

    @Test
    void aJournalOfAnotherVersionIsNothing() throws IOException {
        fill(0, 1);

        assertThat(missing("\"v2\"", BOOT)).hasSize(PARTS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 23, 24, 25, 71})
    void aTornTailCostsOnlyItsOwnRecords(int cut) throws IOException {
        fill(0, 1, 2, 3);
        Path journal = folder.resolve("a.part.journal");
        try (RandomAccessFile file = new RandomAccessFile(journal.toFile(), "rw")) {
            file.setLength(file.length() - cut);
        }

        int lost = (cut + RECORD_BYTES - 1) / RECORD_BYTES;
        assertThat(missing("\"v1\"", BOOT)).hasSize(PARTS - 4 + lost).contains(4 - lost);
        fill(7);
        assertThat(missing("\"v1\"", BOOT)).as("it goes on after the tear").doesNotContain(7).hasSize(PARTS - 5 + lost);
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        fill(0, 1, 2, 3);
        Path journal = folder.resolve("a.part.journal");
        byte[] whole = Files.readAllBytes(journal);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(journal, damaged);

            // Only the padding after a record's checksum may be wrong without harm.
            assertThat(missing("\"v1\"", BOOT)).contains(4, 5, 6, 7).doesNotHaveDuplicates();
            try (PartialFile partial = open("\"v1\"", BOOT)) {
                assertThat(partial.missing().cardinality()).isGreaterThanOrEqualTo(4);
            }
            Files.write(path(), bytes);
        }
    }

    @Test
    void afterARebootOnlyWhatIsOnFlashOrStillRightCounts() throws IOException {
        try (PartialFile partial = open("\"v1\"", BOOT)) {
            write(partial, 0);
            write(partial, 1);
            partial.sync();
            write(partial, 2);
            write(partial, 3);
        }
        try (RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
            file.seek(3L * PART + 100);
            file.write(new byte[200]);
        }

        assertThat(missing("\"v1\"", "another boot")).containsExactly(3, 4, 5, 6, 7);
        assertThat(missing("\"v1\"", "another boot")).as("and that is written down").containsExactly(3, 4, 5, 6, 7);
    }
}
