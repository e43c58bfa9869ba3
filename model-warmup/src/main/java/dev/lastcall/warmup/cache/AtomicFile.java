// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Small files that are replaced whole. */
final class AtomicFile {

    private AtomicFile() {}

    /**
     * In a folder that is made if it is not there.
     *
     * @param root below which none of the folders may be a link
     */
    static void write(Path root, Path path, byte[] bytes) throws IOException, CacheException {
        write(path, bytes, Folders.make(root, path.resolveSibling("").normalize()));
    }

    /** Writes a temporary file in another folder of the same file system, which no reader lists, and renames it. All users may read it. */
    static void write(Path path, byte[] bytes, Path scratch) throws IOException {
        Path temporary = scratch.resolve("." + path.getFileName() + "." + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            PublishedFile.makeReadable(temporary);
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
