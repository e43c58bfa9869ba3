// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file on the disk, written and read at offsets. Past the page cache goes what is aligned as the file
 * system wants it; the rest, such as the last bytes of the file, goes through it, and so does everything where the file
 * system refuses. The two never meet in one block. Thread-safe.
 */
final class DataFile implements AutoCloseable {

    /** A multiple of every block size in use. */
    static final int ALIGNMENT = 4096;

    private final FileChannel channel;
    private final FileAdvice advice;
    private final WriteMode mode;
    private final @Nullable FileChannel direct;
    private final ReentrantLock throughCache = new ReentrantLock();
    private volatile boolean isRefused;

    private DataFile(FileChannel channel, FileAdvice advice, WriteMode mode, @Nullable FileChannel direct) {
        this.channel = channel;
        this.advice = advice;
        this.mode = mode;
        this.direct = direct;
    }

    /**
     * Opens it for reading and writing.
     *
     * @param isNew whether it must not be there yet; else it must be
     * @param bytes it will have
     */
    static DataFile open(Path path, boolean isNew, long bytes, WriteMode mode) throws IOException {
        OpenOption[] options = isNew
                ? new OpenOption[]{StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE}
                : new OpenOption[]{StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS};
        FileChannel channel = FileChannel.open(path, options);
        FileAdvice advice = FileAdvice.on(path);
        if (mode != WriteMode.DIRECT) {
            return new DataFile(channel, advice, mode, null);
        }
        // Writes into reserved blocks need no exclusive lock on the file, so several can be in the air.
        advice.reserve(bytes);
        return new DataFile(channel, advice, mode, openDirect(path));
    }

    private static @Nullable FileChannel openDirect(Path path) {
        Optional<OpenOption> option = directOption();
        try {
            return option.isPresent() && ALIGNMENT % Files.getFileStore(path).getBlockSize() == 0
                    ? FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS, option.get())
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** By its name, since it lies in a module that a small runtime may not have. */
    private static Optional<OpenOption> directOption() {
        try {
            return Stream.of(Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
                    .filter(constant -> constant.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Writes all of the buffer at that offset. */
    void write(ByteBuffer bytes, long offset) throws IOException {
        int begin = bytes.position();
        FileChannel past = direct;
        if (past != null && !isRefused && offset % ALIGNMENT == 0 && bytes.isDirect()
                && bytes.alignmentOffset(begin, ALIGNMENT) == 0) {
            int limit = bytes.limit();
            bytes.limit(begin + (bytes.remaining() & -ALIGNMENT));
            try {
                writeFully(past, bytes, offset);
            } catch (IOException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
                isRefused = true;
            } finally {
                bytes.limit(limit);
            }
        }
        if (bytes.hasRemaining()) {
            // The kernel lets one writer at a time into a file's cache, and the others spin: here they sleep.
            throughCache.lock();
            try {
                writeFully(channel, bytes, offset + bytes.position() - begin);
            } finally {
                throughCache.unlock();
            }
        }
    }

    /** strerror(3) for EINVAL, which is all that Java reports. */
    private static boolean isRefusal(IOException e) {
        return String.valueOf(e.getMessage()).contains("Invalid argument");
    }

    private static void writeFully(FileChannel to, ByteBuffer bytes, long offset) throws IOException {
        for (long at = offset; bytes.hasRemaining();) {
            at += to.write(bytes, at);
        }
    }

    /** Reads at least one byte. */
    int read(ByteBuffer destination, long offset) throws IOException {
        int count = channel.read(destination, offset);
        if (count < 0) {
            throw new LocalException(new Failure.OnDisk("", DiskFault.CUT), null);
        }
        return count;
    }

    /** Begins to write back, so that the disk is busy from the first second and the last flush is short. */
    void startWriteBack() {
        if (mode != WriteMode.DIRECT) {
            advice.startWriteBack();
        }
    }

    /** Gives the memory back that holds what is on the disk, up to that offset, unless it is to stay. */
    void drop(long to) {
        if (mode != WriteMode.CACHED) {
            advice.drop(0, to);
        }
    }

    /** All that was written is on the disk when this returns. */
    void force() throws IOException {
        channel.force(false);
    }

    long size() throws IOException {
        return channel.size();
    }

    @Override
    public void close() throws IOException {
        try (channel; advice; FileChannel _ = direct) {
            isRefused = true;
        }
    }
}
