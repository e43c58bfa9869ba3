// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

import dev.lastcall.agent.files.OwnDirectory;

/**
 * The file of drain records, a line of JSON each. When it would grow over its limit it becomes the old one, whose
 * predecessor is dropped. Not thread-safe: one thread writes, off the critical path.
 */
final class RecordFile {

    static final String NAME = "drains.jsonl";
    static final String OLD_NAME = "drains.jsonl.1";

    /** Some two thousand records in each of the two files. */
    static final long MAX_BYTES = 1024 * 1024;

    private final Path directory;

    RecordFile(Path directory) {
        this.directory = directory;
    }

    void append(DrainRecord drained) throws IOException {
        OwnDirectory.make(directory, StateFile.DIRECTORY_MODE);
        Path file = directory.resolve(NAME);
        byte[] line = (DrainStoreJson.write(drained) + "\n").getBytes(StandardCharsets.UTF_8);
        if (Files.exists(file) && Files.size(file) + line.length > MAX_BYTES) {
            Files.move(file, directory.resolve(OLD_NAME), StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS), StateFile.PRIVATE)) {
            ByteBuffer left = ByteBuffer.wrap(line);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }
    }
}
