// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * Which parts of a partial file are done, appended to as they become so. Every record carries its own checksum; reading
 * stops at the first that is torn or wrong, and what is before it is valid. A part is recorded only after its last write
 * has returned, so the record outlives the process; a mark says which records' bytes are on flash, too, for the case that
 * the machine dies. Thread-safe.
 *
 * <p>Header: magic, length, text of the identity, CRC32C. Record, 24 bytes: type, part, its sum, CRC32C, zero.
 */
final class Journal implements AutoCloseable {

    private static final long MAGIC = 0x4c43_4a52_4e4c_3032L; // "LCJRNL02"
    private static final int MAX_IDENTITY_BYTES = 16 * 1024;
    private static final int RECORD_BYTES = 24;
    private static final int CHECKED_BYTES = 16;
    private static final int PART_DONE = 1;
    private static final int SYNCED = 2;

    private final Path path;
    private final ByteBuffer header;
    private @Nullable FileChannel channel; // guarded by this; null before the first record
    private int partsRecorded; // guarded by this

    private Journal(Path path, ByteBuffer header, @Nullable FileChannel channel, int partsRecorded) {
        this.path = path;
        this.header = header;
        this.channel = channel;
        this.partsRecorded = partsRecorded;
    }

    /**
     * What a journal said.
     *
     * @param journal to go on with
     * @param bootId under which it was written
     * @param parts the sum of each, as {@link dev.lastcall.warmup.verify.PartSum} has it, in the order of their records
     * @param syncedParts how many of them, from the first, are on flash
     */
    record Recovered(Journal journal, String bootId, Map<Integer, Long> parts, int syncedParts) {}

    /** Starts from nothing; what was there is gone. Its file appears with the first record: a small file needs none. */
    static Journal create(Path path, String identity, String bootId) throws IOException {
        byte[] text = (bootId + "\n" + identity).getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(8 + 4 + text.length + 4);
        header.putLong(MAGIC).putInt(text.length).put(text).putInt(crc(header.array(), 0, 12 + text.length)).flip();
        Files.deleteIfExists(path);
        return new Journal(path, header, null, 0);
    }

    /** Empty where there is none, where it cannot be read, or where it is of another file, version or grid. */
    static Optional<Recovered> recover(Path path, String identity, PartGrid grid) throws IOException {
        byte[] bytes;
        try {
            if (Files.size(path) > MAX_IDENTITY_BYTES + 4L * RECORD_BYTES * grid.count() + RECORD_BYTES) {
                return Optional.empty();
            }
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.remaining() < 16 || buffer.getLong() != MAGIC) {
            return Optional.empty();
        }
        int length = buffer.getInt();
        if (length < 0 || length > MAX_IDENTITY_BYTES || buffer.remaining() < length + 4) {
            return Optional.empty();
        }
        String text = new String(bytes, buffer.position(), length, StandardCharsets.UTF_8);
        buffer.position(buffer.position() + length);
        int newline = text.indexOf('\n');
        if (buffer.getInt() != crc(bytes, 0, 12 + length) || newline < 0
                || !text.substring(newline + 1).equals(identity)) {
            return Optional.empty();
        }
        Map<Integer, Long> parts = new LinkedHashMap<>();
        int synced = 0;
        while (buffer.remaining() >= RECORD_BYTES && isSound(bytes, buffer.position())) {
            int type = buffer.getInt(buffer.position());
            int number = buffer.getInt(buffer.position() + 4);
            if (type == PART_DONE && number >= 0 && number < grid.count()) {
                parts.putIfAbsent(number, buffer.getLong(buffer.position() + 8));
            } else if (type == SYNCED && number <= parts.size()) {
                synced = Math.max(synced, number);
            } else {
                break;
            }
            buffer.position(buffer.position() + RECORD_BYTES);
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        channel.truncate(buffer.position());
        channel.position(buffer.position());
        return Optional
                .of(new Recovered(new Journal(path, ByteBuffer.allocate(0), channel, parts.size()),
                        text.substring(0, newline), parts, synced));
    }

    private static boolean isSound(byte[] bytes, int offset) {
        return ByteBuffer.wrap(bytes).getInt(offset + CHECKED_BYTES) == crc(bytes, offset, CHECKED_BYTES);
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    /** The bytes of the part are written. */
    synchronized void partDone(int part, long sum) throws IOException {
        append(PART_DONE, part, sum);
        partsRecorded++;
    }

    /** How many parts are recorded; what a force that begins now will cover. */
    synchronized int partsRecorded() {
        return partsRecorded;
    }

    /** The bytes of the first so many recorded parts are on flash. */
    synchronized void synced(int parts) throws IOException {
        if (parts > 0) {
            append(SYNCED, parts, 0);
        }
    }

    private void append(int type, int number, long sum) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(RECORD_BYTES);
        entry.putInt(type).putInt(number).putLong(sum);
        entry.putInt(crc(entry.array(), 0, CHECKED_BYTES)).putInt(0).flip();
        writeFully(channel(), entry);
    }

    /** The header is written before the first record, so that no record is ever without it. */
    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            channel = open;
            writeFully(open, header);
        }
        return open;
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
