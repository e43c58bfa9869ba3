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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.files.OwnDirectory;
import tools.jackson.core.JacksonException;

/**
 * Keeps a drain over a restart of the agent. Not thread-safe: one thread writes, off the critical path.
 *
 * <p>A write is whole or not there (temporary file, fsync, rename, fsync of the directory). What is read is checked and
 * bounded, and anything but the state of this very boot counts as none, with the reason.
 */
final class StateFile {

    static final String NAME = "state.json";

    /** Of the directory, where it is made: the cache may be below it, and servers of other users go through to their models. */
    static final String DIRECTORY_MODE = "rwx--x--x";

    /** Of the files: what became of whose requests is the operator's to know. */
    static final FileAttribute<?> PRIVATE = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** A node with hundreds of servers stays far below. */
    private static final int MAX_BYTES = 256 * 1024;

    private final Path directory;
    private final Path file;

    StateFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
    }

    /** What a look at the file gave. */
    sealed interface Loaded {
        /** There is none: no drain was on. */
        record None() implements Loaded {}

        /** There is one, and it does not hold. */
        record Discarded(String reason) implements Loaded {}

        /** A drain of this boot. */
        record Found(SavedState state) implements Loaded {}
    }

    /** Reads it; never throws. */
    Loaded load(String bootId) {
        Optional<String> objection = Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? OwnDirectory.objection(directory)
                : Optional.empty();
        if (objection.isPresent()) {
            return new Loaded.Discarded(file + " is not believed: " + objection.get());
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            return new Loaded.None();
        } catch (IOException e) {
            return new Loaded.Discarded("cannot read " + file + ": " + e);
        }
        if (bytes.length > MAX_BYTES) {
            return new Loaded.Discarded(file + " is larger than " + MAX_BYTES + " bytes");
        }
        return parse(bytes, bootId);
    }

    private Loaded parse(byte[] bytes, String bootId) {
        SavedState state;
        try {
            state = DrainStoreJson.readState(bytes);
        } catch (JacksonException | IllegalArgumentException e) {
            return new Loaded.Discarded(file + " is not a state file: " + Optional.ofNullable(e.getMessage())
                    .map(message -> message.lines().findFirst().orElse(""))
                    .orElse("incomplete"));
        }
        if (state.version() != SavedState.VERSION) {
            return new Loaded.Discarded(file + " has version " + state.version() + ", not " + SavedState.VERSION);
        }
        if (!state.bootId().equals(bootId)) {
            return new Loaded.Discarded(file + " is of an earlier boot");
        }
        return new Loaded.Found(state);
    }

    /** Puts a state into the form of the file and drops it, so that the code that writes at a notice has run once. */
    void rehearse(SavedState state) {
        var _ = DrainStoreJson.write(state);
    }

    /** Replaces it. */
    void save(SavedState state) throws IOException {
        OwnDirectory.make(directory, DIRECTORY_MODE);
        Path temporary = directory.resolve(NAME + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)) {
            var buffer = ByteBuffer.wrap(DrainStoreJson.write(state).getBytes(StandardCharsets.UTF_8));
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory();
    }

    /** Removes it: no drain is on. */
    void clear() throws IOException {
        if (Files.deleteIfExists(file)) {
            syncDirectory();
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
