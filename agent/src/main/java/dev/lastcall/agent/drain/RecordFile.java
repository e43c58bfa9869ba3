// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.files.OwnDirectory;
import tools.jackson.core.JacksonException;

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

    /**
     * The records of both files, oldest first. A line that is no record, such as one that was cut by a full disk, is passed
     * over.
     *
     * @throws IOException if a file is there and cannot be read
     */
    List<DrainRecord> read() throws IOException {
        List<DrainRecord> records = new ArrayList<>();
        for (String name : List.of(OLD_NAME, NAME)) {
            try (InputStream in = Files.newInputStream(directory.resolve(name))) {
                // A file that has grown past its limit was not written by an agent; the first part of it is enough.
                new String(in.readNBytes(Math.toIntExact(MAX_BYTES)), StandardCharsets.UTF_8).lines()
                        .flatMap(line -> record(line).stream())
                        .forEach(records::add);
            } catch (NoSuchFileException none) {
                // No drain has ended yet, or none has been rotated out.
            }
        }
        return records;
    }

    private static Optional<DrainRecord> record(String line) {
        try {
            return Optional.of(DrainStoreJson.readRecord(line));
        } catch (JacksonException | IllegalArgumentException none) {
            return Optional.empty();
        }
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
