// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.lastcall.warmup.fetch.BootId;

/** Who keeps a model from being forgotten. */
final class Holders {

    private final CacheLayout layout;
    private final Predicate<String> isPinned;
    private final OpenFiles openFiles;
    private final RunningServers servers;

    Holders(CacheLayout layout, Predicate<String> isPinned, Path proc,
            Function<Path, FileLeases.Answer> kernel) {
        this.layout = layout;
        this.isPinned = isPinned;
        this.openFiles = new OpenFiles(proc, kernel);
        this.servers = new RunningServers(proc);
    }

    /**
     * A configuration, a hold by name, a living lease, an open file, or a running server's own configuration. A file
     * that may be open, as far as is known, counts as open.
     */
    boolean hold(ModelCache.Known known, ModelFiles files, HubFolders hub) throws IOException {
        return isPinned.test(known.model()) || isHeldByName(known.model())
                || new LeaseFile(known.place().lease()).isLive(Lease.EXPIRY) || use(files)
                || servers.serve(layout.root(), Set.of(layout.link(known.model()), known.place().tree()),
                        hub.showing(files.sizes().keySet()));
    }

    /** When the model was last made or found warm. */
    Instant usedAt(String model) throws IOException {
        try {
            return Files.getLastModifiedTime(layout.used(model), LinkOption.NOFOLLOW_LINKS).toInstant();
        } catch (NoSuchFileException e) {
            return Instant.EPOCH;
        }
    }

    /** Whether a process reads them. */
    boolean use(ModelFiles files) {
        return openFiles.isUsed(files);
    }

    boolean isHeldByName(String model) throws IOException {
        if (!Files.isDirectory(layout.holds(model))) {
            return false;
        }
        try (DirectoryStream<Path> holders = Files.newDirectoryStream(layout.holds(model))) {
            for (Path holder : holders) {
                if (Files.readString(holder).equals(BootId.current())) {
                    return true;
                }
            }
        }
        return false;
    }
}
