// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A read that fails may have brought bytes before: they are kept, and so they are summed. */
@Timeout(60)
class HalfReadTest {

    private static final int GIVEN = 1000;

    private final byte[] bytes = TestBytes.random(5 * FetchRig.PART + 3, 4);
    private final AtomicInteger failures = new AtomicInteger();

    @TempDir
    Path folder;

    @Test
    void theBytesBeforeAFailureCountAsReceived() throws Exception {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        RemoteFile file = new RemoteFile("a.bin", bytes.length, new Validator.Tag("\"v1\""),
                List.of(Digest.ofCrc(DigestKind.CRC32C, crc.getValue())), true, "memory");
        Path published = folder.resolve("a.bin");

        new Fetch(new MemoryStore(), List.of(new FetchTask(file, folder.resolve("a.part"))),
                (whole, partial) -> Files.move(partial, published), FetchRig.SETTINGS, new Bandwidth(0)).run();

        assertThat(published).hasBinaryContent(bytes);
        assertThat(failures).as("each run of parts once, and none again").hasValueBetween(1, 6);
    }

    /** Gives a little of each range that is begun at a part, and fails in the same call. */
    private final class MemoryStore implements Store {
        @Override
        public String source() {
            return "memory";
        }

        @Override
        public String identity() {
            return source();
        }

        @Override
        public Listing list(Selection selection) {
            throw new AssertionError("nothing is listed here");
        }

        @Override
        public RemoteFile refresh(RemoteFile file) {
            return file;
        }

        @Override
        public StoreFamily family() {
            return StoreFamily.WEB;
        }

        @Override
        public RangeReader openReader() {
            return new Reader();
        }

        @Override
        public void close() {}
    }

    private final class Reader implements RangeReader {
        private int at;
        private int end;

        @Override
        public void open(RemoteFile file, long offset, long length) {
            at = (int) offset;
            end = (int) (offset + length);
        }

        @Override
        public int read(ByteBuffer destination) throws StoreException {
            boolean fails = at % FetchRig.PART == 0;
            int count = Math.min(fails ? GIVEN : end - at, Math.min(destination.remaining(), end - at));
            destination.put(bytes, at, count);
            at += count;
            if (fails) {
                failures.incrementAndGet();
                throw new StoreException(
                        new Failure.BadAnswer(StoreFamily.WEB, "the record", AnswerFault.EARLY, "1 B"));
            }
            return count;
        }

        @Override
        public void finish() {}

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }
}
