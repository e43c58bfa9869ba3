// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;

/**
 * Where damaged files go, so that people can look at what a disk did to them. What lies here counts towards the quota, is
 * the first to go when room is wanted, and goes after a week.
 */
final class Quarantine {

    static final Duration KEPT = Duration.ofDays(7);

    private final Path root;
    private final Path folder;

    Quarantine(Path root, Path folder) {
        this.root = root;
        this.folder = folder;
    }

    /** Moves the file here; one that is not there is fine. */
    void take(Path file) throws IOException, CacheException {
        if (PublishedFile.exists(file)) {
            Files.move(file, name(file), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Keeps the file here while it also stays, until another takes its name; not where the file system has no links. */
    void copy(Path file, Links links) throws IOException, CacheException {
        if (PublishedFile.exists(file)) {
            Path name = name(file);
            if (!links.link(name, file)) {
                Files.copy(file, name);
            }
        }
    }

    private Path name(Path file) throws IOException, CacheException {
        return Folders.make(root, folder).resolve(file.getFileName() + "." + UUID.randomUUID());
    }
}
