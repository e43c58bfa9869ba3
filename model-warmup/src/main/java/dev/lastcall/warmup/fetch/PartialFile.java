// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.verify.CrcCombination;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.verify.PartSum;

/**
 * A file on its way: the bytes under a name of its own that no reader looks for, and the journal beside it. Its length
 * says nothing about how much of it is there; only the journal does. Thread-safe: each part is written by one worker.
 */
final class PartialFile implements AutoCloseable {

    private static final int CHECK_BUFFER_BYTES = 256 << 10;

    private final Path path;
    private final PartGrid grid;
    private final DataFile data;
    private final Journal journal;
    private final long[] sums; // guarded by this
    private final BitSet done; // guarded by this
    private final BitSet synced; // guarded by this
    private int writtenBack; // guarded by this; parts that were done when write-back was last begun

    private PartialFile(Path path, PartGrid grid, DataFile data, Journal journal) {
        this.path = path;
        this.grid = grid;
        this.data = data;
        this.journal = journal;
        this.sums = new long[grid.count()];
        this.done = new BitSet(grid.count());
        this.synced = new BitSet(grid.count());
    }

    static Path journalOf(Path partial) {
        return partial.resolveSibling(partial.getFileName() + ".journal");
    }

    /**
     * Opens what an earlier process left of this very version, or starts from nothing. After a reboot, parts that were not known
     * to be on flash are read and checked, and dropped where they are not what they were.
     */
    static PartialFile open(Path path, RemoteFile file, int partBytes, String bootId, WriteMode mode)
            throws IOException {
        PartGrid grid = new PartGrid(file.sizeBytes(), partBytes);
        Optional<Journal.Recovered> recovered = recover(path, file, grid);
        return recovered.isPresent()
                ? resume(path, file, grid, recovered.get(), bootId, mode)
                : create(path, file, grid, bootId, mode);
    }

    private static Optional<Journal.Recovered> recover(Path path, RemoteFile file, PartGrid grid) throws IOException {
        // One stream, or ranges of something unpinned, cannot be continued by another process.
        boolean resumable = file.ranged() && (file.validator().isStrong() || !file.digests().isEmpty());
        return resumable && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                ? Journal.recover(journalOf(path), identity(file, grid.partBytes()), grid)
                : Optional.empty();
    }

    /** Bytes of the parts that are on record. */
    static long resumableBytes(Path path, RemoteFile file, int partBytes) throws IOException {
        PartGrid grid = new PartGrid(file.sizeBytes(), partBytes);
        Optional<Journal.Recovered> recovered = recover(path, file, grid);
        if (recovered.isEmpty()) {
            return 0;
        }
        recovered.get().journal().close();
        return recovered.get().parts().keySet().stream().mapToLong(grid::length).sum();
    }

    /** Starts from nothing, whatever is there. */
    static PartialFile create(Path path, RemoteFile file, PartGrid grid, String bootId, WriteMode mode)
            throws IOException {
        discard(path);
        DataFile data = DataFile.open(path, true, file.sizeBytes(), mode);
        try {
            return new PartialFile(path, grid, data,
                    Journal.create(journalOf(path), identity(file, grid.partBytes()), bootId));
        } catch (IOException e) {
            data.close();
            throw e;
        }
    }

    private static PartialFile resume(Path path, RemoteFile file, PartGrid grid, Journal.Recovered recovered,
            String bootId, WriteMode mode) throws IOException {
        DataFile data = DataFile.open(path, false, file.sizeBytes(), mode);
        boolean rebooted = !recovered.bootId().equals(bootId) || bootId.equals("unknown");
        Journal journal = recovered.journal();
        if (rebooted) {
            journal.close();
            journal = Journal.create(journalOf(path), identity(file, grid.partBytes()), bootId);
        }
        PartialFile partial = new PartialFile(path, grid, data, journal);
        long size = data.size();
        int ordinal = 0;
        for (Map.Entry<Integer, Long> entry : recovered.parts().entrySet()) {
            int part = entry.getKey();
            boolean onFlash = ordinal++ < recovered.syncedParts();
            boolean there = grid.offset(part) + grid.length(part) <= size;
            if (there && (!rebooted || onFlash || partial.matchesOnDisk(part, file, entry.getValue()))) {
                partial.adopt(part, entry.getValue());
                if (rebooted) {
                    journal.partDone(part, entry.getValue());
                }
                if (onFlash) {
                    partial.synced.set(part);
                }
            }
        }
        return partial;
    }

    private static String identity(RemoteFile file, int partBytes) {
        return String.join("\n", file.path(), String.valueOf(file.sizeBytes()), file.version(),
                String.valueOf(partBytes));
    }

    private boolean matchesOnDisk(int part, RemoteFile file, long expected) throws IOException {
        PartSum sum = PartSum.forDigest(file.bestDigest().map(Digest::kind));
        read(grid.offset(part), grid.offset(part) + grid.length(part), sum::update);
        return sum.value() == expected;
    }

    /** Takes bytes in order and consumes them. */
    @FunctionalInterface
    interface Sink {
        void accept(ByteBuffer bytes);
    }

    /** Hands the bytes from one offset to another over, in order. */
    void read(long from, long to, Sink sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHECK_BUFFER_BYTES);
        for (long at = from; at < to;) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
            at += data.read(buffer, at);
            sink.accept(buffer.flip());
        }
    }

    private synchronized void adopt(int part, long sum) {
        sums[part] = sum;
        done.set(part);
    }

    PartGrid grid() {
        return grid;
    }

    Path path() {
        return path;
    }

    /** The parts that are not done. */
    synchronized BitSet missing() {
        BitSet missing = new BitSet(grid.count());
        missing.set(0, grid.count());
        missing.andNot(done);
        return missing;
    }

    /** Bytes of the parts that are done. */
    synchronized long doneBytes() {
        return done.stream().mapToLong(grid::length).sum();
    }

    /** Where the unbroken run of done parts from the beginning ends. */
    synchronized long contiguousBytes() {
        return grid.end(done.nextClearBit(0));
    }

    synchronized boolean isWhole() {
        return done.cardinality() == grid.count();
    }

    /** Writes all of the buffer at that offset of the file. */
    void write(ByteBuffer bytes, long offset) throws IOException {
        data.write(bytes, offset);
    }

    /** All bytes of the part are written. */
    void complete(int part, long sum) throws IOException {
        synchronized (this) {
            adopt(part, sum);
        }
        // A file of one part is whole now, or is fetched again: there is nothing for another process to go on with.
        if (grid.count() > 1) {
            journal.partDone(part, sum);
        }
    }

    /** Bytes of done parts that are not forced to flash yet. */
    synchronized long unsyncedBytes() {
        BitSet dirty = (BitSet) done.clone();
        dirty.andNot(synced);
        return (long) dirty.cardinality() * grid.partBytes();
    }

    /** Whether so much was completed since write-back was last begun. */
    synchronized boolean mayStartWriteBack(long bytes) {
        return (long) (done.cardinality() - writtenBack) * grid.partBytes() >= bytes;
    }

    /** Begins to write back what is dirty; waits for nothing. */
    void startWriteBack() {
        synchronized (this) {
            writtenBack = done.cardinality();
        }
        data.startWriteBack();
    }

    /** Gives memory back that holds what is on flash, up to that offset, where it is not to stay. */
    void drop(long to) {
        data.drop(to);
    }

    /** Forces what is written to flash and says so in the journal. */
    void sync() throws IOException {
        BitSet covered;
        int recorded;
        synchronized (this) {
            covered = (BitSet) done.clone();
            recorded = journal.partsRecorded();
        }
        data.force();
        journal.synced(recorded);
        synchronized (this) {
            synced.or(covered);
        }
    }

    /** The digest of a whole file from the sums of its parts, which are of that kind. */
    synchronized Digest combined(DigestKind kind) {
        CrcCombination combination = CrcCombination.of(kind);
        long crc = 0;
        for (int part = 0; part < grid.count(); part++) {
            crc = combination.combine(crc, sums[part], grid.length(part));
        }
        return Digest.ofCrc(kind, crc);
    }

    /** The size that the file system shows. */
    long sizeOnDisk() throws IOException {
        return data.size();
    }

    @Override
    public void close() throws IOException {
        try (data) {
            journal.close();
        }
    }

    /** Deletes what is there of a partial file. */
    static void discard(Path path) throws IOException {
        // The journal first: bytes without a journal are nothing, a journal without its bytes would be a lie.
        Files.deleteIfExists(journalOf(path));
        Files.deleteIfExists(path);
    }
}
