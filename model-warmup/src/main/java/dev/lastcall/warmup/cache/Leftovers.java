// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What killed processes leave in the cache and no other process uses: half-made names, bytes on their way to a model of
 * which nothing is on record, trees without a record, and what was put into quarantine long ago.
 */
final class Leftovers {

    /** What is about to get its name does so within moments; a process can be suspended. */
    private static final Duration HALF_MADE = Duration.ofHours(1);

    private final CacheLayout layout;
    private final Holders holders;
    private final InstantSource time;

    Leftovers(CacheLayout layout, Holders holders, InstantSource time) {
        this.layout = layout;
        this.holders = holders;
        this.time = time;
    }

    /** Removes what is surely of no use. */
    void sweep(List<ModelCache.Known> known) throws IOException {
        Instant now = time.instant();
        removeOlder(layout.scratch(), now.minus(HALF_MADE));
        removeOlder(layout.quarantine(), now.minus(Quarantine.KEPT));
        Set<String> models = known.stream().map(ModelCache.Known::model).collect(Collectors.toSet());
        for (Path partials : list(layout.state().resolve("partial"))) {
            String model = String.valueOf(partials.getFileName());
            if (!models.contains(model) && isIdle(model)) {
                Trees.delete(partials);
            }
        }
        Set<Path> trees = known.stream().map(one -> one.place().tree()).collect(Collectors.toSet());
        for (Path tree : list(layout.trees())) {
            String name = String.valueOf(tree.getFileName());
            int at = name.lastIndexOf('@');
            if (at > 0 && !trees.contains(tree) && isIdle(name.substring(0, at))
                    && !isShown(name.substring(0, at), tree)
                    && !holders.use(ModelFiles.of(tree, HubFolders.of(layout.root())))) {
                Trees.delete(tree);
            }
        }
    }

    /** Whether no process works on it; a name that is not ours is never idle. */
    private boolean isIdle(String model) throws IOException {
        return CacheLayout.isName(model) && !new LeaseFile(layout.lease(model)).isLive(Lease.EXPIRY);
    }

    private boolean isShown(String model, Path tree) throws IOException {
        Path link = layout.link(model);
        return Files.isSymbolicLink(link)
                && layout.root().resolve(Files.readSymbolicLink(link)).normalize().equals(tree);
    }

    /** Of a folder that only this class's callers fill. */
    static void removeOlder(Path folder, Instant limit) throws IOException {
        for (Path path : list(folder)) {
            if (changedAt(path).isBefore(limit)) {
                Trees.delete(path);
            }
        }
    }

    /** The oldest of what was found damaged; false where nothing is left of it. */
    boolean dropOldestDamaged() throws IOException {
        Path oldest = null;
        for (Path path : list(layout.quarantine())) {
            if (oldest == null || changedAt(path).isBefore(changedAt(oldest))) {
                oldest = path;
            }
        }
        if (oldest == null) {
            return false;
        }
        Trees.delete(oldest);
        return true;
    }

    /** When it came here: a rename and a new name change that time, and nothing sets it. */
    private static Instant changedAt(Path path) throws IOException {
        try {
            return Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS) instanceof FileTime time
                    ? time.toInstant()
                    : Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
        } catch (NoSuchFileException e) {
            return Instant.MAX;
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return entries;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return entries;
        }
        return entries;
    }
}
