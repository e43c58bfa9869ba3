// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DataFileTest {

    private static final int BLOCK = DataFile.ALIGNMENT;
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    /** Whole blocks, a piece that ends in the middle of one, what completes it, and the odd bytes at the end. */
    private static final int[] CUTS = {0, 4 * BLOCK, 4 * BLOCK + 100, 5 * BLOCK, 9 * BLOCK, 9 * BLOCK + 17};

    private void writeInPieces(Path path, byte[] bytes, WriteMode mode) throws IOException {
        try (DataFile file = DataFile.open(path, true, bytes.length, mode); Arena arena = Arena.ofConfined()) {
            ByteBuffer buffer = arena.allocate(16L * BLOCK, BLOCK).asByteBuffer();
            for (int cut = CUTS.length - 1; cut > 0; cut--) {
                buffer.clear().put(bytes, CUTS[cut - 1], CUTS[cut] - CUTS[cut - 1]).flip();
                file.write(buffer, CUTS[cut - 1]);
                assertThat(buffer.hasRemaining()).isFalse();
            }
            file.startWriteBack();
            file.force();
            file.drop(bytes.length);
            assertThat(file.size()).isEqualTo(bytes.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyModeWritesTheSameBytesInWhateverOrderAndPieces(WriteMode mode) throws IOException {
        byte[] bytes = TestBytes.random(9 * BLOCK + 17, 5);

        writeInPieces(folder.resolve("a"), bytes, mode);

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void memoryThatIsNotAlignedIsWrittenAllTheSame(WriteMode mode) throws IOException {
        byte[] bytes = TestBytes.random(2 * BLOCK, 6);
        try (DataFile file = DataFile.open(folder.resolve("a"), true, bytes.length, mode)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        }

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @Test
    void reservedBlocksMakeTheFileNoLonger() throws IOException {
        try (DataFile file = DataFile.open(folder.resolve("a"), true, 64L * BLOCK, WriteMode.DIRECT)) {
            assertThat(file.size()).isZero();
        }
    }

    @Test
    void readingBeyondTheEndIsAnError() throws IOException {
        try (DataFile file = DataFile.open(folder.resolve("a"), true, BLOCK, WriteMode.CACHED)) {
            assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void adviceOnAFileThatIsGoneDoesNothing() {
        try (FileAdvice advice = FileAdvice.on(folder.resolve("none"))) {
            advice.reserve(BLOCK);
            advice.startWriteBack();
            advice.readAhead(0, BLOCK);
            advice.drop(0, BLOCK);
        }

        assertThat(Files.exists(folder.resolve("none"))).isFalse();
    }

    @Test
    void automaticallyAModelStaysInMemoryWhereHalfOfTheRoomIsEnough() {
        assertThat(WriteMode.decide(PageCache.AUTO, GIB, OptionalLong.of(2 * GIB))).isEqualTo(PageCache.KEEP);
        assertThat(WriteMode.decide(PageCache.AUTO, GIB + 1, OptionalLong.of(2 * GIB))).isEqualTo(PageCache.BYPASS);
        assertThat(WriteMode.decide(PageCache.AUTO, GIB, OptionalLong.empty())).isEqualTo(PageCache.KEEP);
        assertThat(WriteMode.decide(PageCache.REFILL, GIB, OptionalLong.of(0))).isEqualTo(PageCache.REFILL);
    }

    @Test
    void whatIsHashedInOrderIsDroppedInsteadOfReadTwice() {
        assertThat(WriteMode.of(PageCache.KEEP, file(DigestKind.SHA256, 32))).isEqualTo(WriteMode.CACHED);
        assertThat(WriteMode.of(PageCache.BYPASS, file(DigestKind.SHA256, 32))).isEqualTo(WriteMode.DROPPED);
        assertThat(WriteMode.of(PageCache.REFILL, file(DigestKind.CRC64NVME, 8))).isEqualTo(WriteMode.DIRECT);
    }

    @Test
    void aSmallFileGoesThroughThePageCache() {
        RemoteFile small = new RemoteFile("a", 100_000, new Validator.None(),
                List.of(new Digest(DigestKind.CRC64NVME, "00".repeat(8))), true, "");

        assertThat(WriteMode.of(PageCache.BYPASS, small)).isEqualTo(WriteMode.DROPPED);
        assertThat(WriteMode.of(PageCache.KEEP, small)).isEqualTo(WriteMode.CACHED);
    }

    private static RemoteFile file(DigestKind kind, int bytes) {
        return new RemoteFile("a", GIB, new Validator.None(), List.of(new Digest(kind, "00".repeat(bytes))), true, "");
    }
}
