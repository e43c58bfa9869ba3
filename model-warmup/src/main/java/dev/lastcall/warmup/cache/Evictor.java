// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.lastcall.warmup.fetch.BootId;

/** Makes room by forgetting whole versions of models: the one used longest ago first, never one that somebody holds. */
final class Evictor {

    private final ModelCache cache;
    private final CacheLayout layout;
    private final CacheLimits limits;
    private final Predicate<String> isPinned;
    private final OpenFiles openFiles;

    Evictor(ModelCache cache, CacheLayout layout, CacheLimits limits, Predicate<String> isPinned, OpenFiles openFiles) {
        this.cache = cache;
        this.layout = layout;
        this.limits = limits;
        this.isPinned = isPinned;
        this.openFiles = openFiles;
    }

    void makeRoom(String model, long bytes) throws IOException, CacheException {
        Files.createDirectories(layout.state());
        List<ModelCache.Known> all = cache.known();
        long used = all.stream()
                .filter(known -> known.manifest().isComplete())
                .mapToLong(known -> known.manifest().totalBytes())
                .sum();
        long free = Files.getFileStore(layout.state()).getUsableSpace();
        long lackingFree = bytes + limits.reserveBytes() - free;
        long lackingQuota = limits.quotaBytes() == 0 ? 0 : used + bytes - limits.quotaBytes();
        long lacking = Math.max(lackingFree, lackingQuota);
        if (lacking <= 0) {
            return;
        }
        List<ModelCache.Known> victims = new ArrayList<>();
        long gained = 0;
        for (ModelCache.Known candidate : byLastUse(all)) {
            if (gained < lacking && !candidate.model().equals(model) && !isHeld(candidate)) {
                victims.add(candidate);
                gained += candidate.manifest().totalBytes();
            }
        }
        if (gained < lacking) {
            throw new CacheException(CacheException.Reason.FULL,
                    model + ": " + bytes + " bytes more are needed, " + free
                            + " are free of which " + limits.reserveBytes() + " stay reserved, the models use " + used
                            + " of a quota of "
                            + (limits.quotaBytes() == 0 ? "no limit" : limits.quotaBytes())
                            + ", and those that nobody holds are "
                            + gained + "; free some space, raise the quota, or release a model",
                    null);
        }
        for (ModelCache.Known victim : victims) {
            forget(victim);
        }
    }

    private List<ModelCache.Known> byLastUse(List<ModelCache.Known> all) throws IOException {
        List<ModelCache.Known> sorted = new ArrayList<>(all);
        java.util.Map<String, FileTime> times = new java.util.HashMap<>();
        for (ModelCache.Known known : all) {
            Path mark = layout.used(known.model());
            times.put(known.model(), Files.exists(mark) ? Files.getLastModifiedTime(mark) : FileTime.fromMillis(0));
        }
        sorted.sort(Comparator.comparing(known -> times.getOrDefault(known.model(), FileTime.fromMillis(0))));
        return sorted;
    }

    private boolean isHeld(ModelCache.Known known) throws IOException {
        return isPinned.test(known.model()) || hasHolder(known.model())
                || Files.exists(known.place().lease(), LinkOption.NOFOLLOW_LINKS)
                || openFiles.isUsed(known.place().tree());
    }

    private boolean hasHolder(String model) throws IOException {
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

    void forgetOtherVersions(String model, ModelPlace kept) throws IOException {
        for (ModelCache.Known known : cache.known()) {
            if (known.model().equals(model) && !known.place().equals(kept) && !openFiles.isUsed(known.place().tree())) {
                forget(known);
            }
        }
    }

    /** First it is not warm any more, then it cannot be found, then its bytes go. */
    private void forget(ModelCache.Known known) throws IOException {
        Files.deleteIfExists(known.place().manifest());
        Path link = layout.link(known.model());
        Path tree = known.place().tree();
        if (Files.isSymbolicLink(link)
                && layout.root().resolve(Files.readSymbolicLink(link)).normalize().equals(tree)) {
            Files.deleteIfExists(link);
        }
        forgetInHub(tree);
        Trees.delete(tree);
        if (!known.manifest().isComplete() && !Files.exists(known.place().lease(), LinkOption.NOFOLLOW_LINKS)) {
            Trees.delete(known.place().partials());
        }
    }

    /** Blobs are hard links: their bytes stay until both names are gone. */
    private void forgetInHub(Path tree) throws IOException {
        Set<Object> inodes = new HashSet<>();
        if (Files.isDirectory(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    inodes.add(key(file));
                }
            }
        }
        try (DirectoryStream<Path> repositories = Files.newDirectoryStream(layout.root(), "models--*")) {
            for (Path repository : repositories) {
                forgetBlobs(repository, inodes);
            }
        }
    }

    private static void forgetBlobs(Path repository, Set<Object> inodes) throws IOException {
        boolean isAnyLeft = false;
        Path blobs = repository.resolve("blobs");
        if (Files.isDirectory(blobs, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> gone = new ArrayList<>();
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(blobs)) {
                for (Path blob : stream) {
                    boolean isGone = inodes.contains(key(blob)) && (int) Files.getAttribute(blob, "unix:nlink") <= 2;
                    isAnyLeft |= !isGone;
                    if (isGone) {
                        gone.add(blob);
                    }
                }
            }
            if (!gone.isEmpty()) {
                // The references first: a model that lacks a blob must not be found.
                Trees.delete(repository.resolve("refs"));
            }
            for (Path blob : gone) {
                Files.deleteIfExists(blob);
            }
            if (!isAnyLeft) {
                Trees.delete(repository);
            }
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
}
