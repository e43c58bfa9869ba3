// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is gone, with all that is in it, when it is closed. For one thread, as its files are. */
public final class TemporaryFolder implements AutoCloseable {

    private final Path path;

    /** Makes one where the system keeps such. */
    public TemporaryFolder(String prefix) {
        try {
            path = Files.createTempDirectory(prefix);
        } catch (IOException failure) {
            throw new UncheckedIOException("no temporary folder could be made", failure);
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try (Stream<Path> found = Files.walk(path)) {
            List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("the temporary folder " + path + " could not be removed", failure);
        }
    }
}
