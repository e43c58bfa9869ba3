// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A lease as it lies on disk: its owner, a count of beats, and the bytes that the owner is still going to write. All writes
 * of one owner are of one length, so that a beat is one write in place.
 *
 * @param path its name
 */
record LeaseFile(Path path) {

    private static final int MAX_BYTES = 4096;
    private static final int OWNER_LINES = 5;

    static String text(Owner owner, long beats, long reservedBytes) {
        return owner.text() + String.format(Locale.ROOT, "%020d\n%020d\n", beats, reservedBytes);
    }

    /** Only one can. */
    boolean tryCreate(Owner owner, Links links) throws IOException {
        // Written whole before it gets the name, so that no process ever reads half an owner.
        Path own = path.resolveSibling("." + path.getFileName() + "." + owner.nonce());
        byte[] bytes = text(owner, 0, 0).getBytes(StandardCharsets.UTF_8);
        try {
            Files.write(own, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (!links.link(path, own)) {
                // Half an owner can be read for a moment here: that is one who is not certainly dead.
                Files.write(path, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(own);
        }
    }

    /** What it says; empty where there is none. */
    Optional<String> read() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer buffer = ByteBuffer.allocate(MAX_BYTES);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            }
            return Optional.of(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void beat(Owner owner, long beats, long reservedBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.write(ByteBuffer.wrap(text(owner, beats, reservedBytes).getBytes(StandardCharsets.UTF_8)), 0);
        }
    }

    boolean isOf(Owner owner) {
        try {
            return read().flatMap(Owner::parse).filter(found -> found.nonce().equals(owner.nonce())).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes away exactly the lease that was seen to be dead; one that another has made meanwhile is put back. */
    void remove(String seen, Links links) throws IOException {
        Path aside = path.resolveSibling("." + path.getFileName() + ".stale." + UUID.randomUUID());
        try {
            Files.move(path, aside);
            if (!new LeaseFile(aside).read().orElse("").equals(seen) && !links.link(path, aside)) {
                Files.move(aside, path);
            }
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            // Another process was faster; the caller looks again.
            return;
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** Whether an owner works under it: not one who is certainly dead, nor one elsewhere whose beats have stopped. */
    boolean isLive(Duration expiry) throws IOException {
        Optional<String> text = read();
        if (text.isEmpty() || Owner.parse(text.get()).map(Owner::isCertainlyDead).orElse(false)) {
            return false;
        }
        try {
            long beatAt = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis();
            return fileSystemMillis() - beatAt <= expiry.toMillis();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The time as the file system counts it, which on a network mount is not this host's. */
    private long fileSystemMillis() throws IOException {
        Path probe = Files.createTempFile(path.toAbsolutePath().getParent(), ".now", "");
        try {
            return Files.getLastModifiedTime(probe).toMillis();
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** What its owner is still going to write; 0 where nothing can be read. */
    long reservedBytes() throws IOException {
        List<String> lines = read().orElse("").lines().toList();
        boolean isRecorded = lines.size() >= OWNER_LINES + 2
                && lines.get(OWNER_LINES + 1).matches("\\d{1,18}|0\\d{19}");
        return isRecorded ? Long.parseLong(lines.get(OWNER_LINES + 1)) : 0;
    }
}
