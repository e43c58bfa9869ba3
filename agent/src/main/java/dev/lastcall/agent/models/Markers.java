// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.UUID;

/**
 * Files that tell that models are warm, for an init container or a unit to wait on: one with the model's name, which holds
 * the path of its folder, and one for all. Each appears whole, and never while the model is not warm. Thread-safe.
 */
final class Markers {

    /** No model can be called so. */
    static final String ALL = "_all";

    /** A path. */
    private static final long MAX_BYTES = 8192;

    private final Path directory;

    Markers(Path directory) {
        this.directory = directory;
    }

    /** Removes what an earlier run left: also of models that are not configured any more, because no job watches over these. */
    synchronized void removeAll(Collection<String> models) throws IOException {
        Files.deleteIfExists(directory.resolve(ALL));
        for (String model : models) {
            Files.deleteIfExists(directory.resolve(model));
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (isMarker(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException nothing) {
            // No earlier run has written there.
            return;
        }
    }

    /** By what it says, since the directory may hold what others put there: the path of a folder of its own name. */
    private static boolean isMarker(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
            return false;
        }
        try {
            String content = Files.readString(file);
            Path folder = Path.of(content.strip());
            return content.lines().count() == 1 && folder.isAbsolute()
                    && String.valueOf(folder.getFileName()).equals(String.valueOf(file.getFileName()));
        } catch (InvalidPathException | java.nio.charset.CharacterCodingException other) {
            return false;
        }
    }

    synchronized void warm(String model, Path folder) throws IOException {
        write(model, folder + "\n");
    }

    synchronized void cold(String model) throws IOException {
        Files.deleteIfExists(directory.resolve(ALL));
        Files.deleteIfExists(directory.resolve(model));
    }

    /** All of them are warm, or not all. */
    synchronized void all(boolean isWarm) throws IOException {
        if (isWarm) {
            write(ALL, "");
        } else {
            Files.deleteIfExists(directory.resolve(ALL));
        }
    }

    private void write(String name, String content) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            permit(directory, "rwxr-xr-x");
        }
        // No other process can know this name beforehand and make a link of it.
        Path whole = directory.resolve("." + name + "." + UUID.randomUUID());
        try {
            Files.writeString(whole, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            permit(whole, "rw-r--r--");
            Files.move(whole, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Who waits on a marker is another user. */
    private static void permit(Path path, String permissions) throws IOException {
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
