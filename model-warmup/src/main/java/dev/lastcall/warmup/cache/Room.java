// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How much of the disk and of the quota is taken, and how much of it is promised to other processes at work. */
final class Room {

    private final CacheLayout layout;
    private final CacheLimits limits;

    Room(CacheLayout layout, CacheLimits limits) {
        this.layout = layout;
        this.limits = limits;
    }

    long freeBytes() throws IOException {
        return Files.getFileStore(layout.state()).getUsableSpace();
    }

    /** What the owners of other models' leases are still going to write. */
    long promisedBytes(String model) throws IOException {
        long promised = 0;
        try (DirectoryStream<Path> leases = Files.newDirectoryStream(layout.leases(), "[A-Za-z0-9]*")) {
            for (Path path : leases) {
                LeaseFile lease = new LeaseFile(path);
                if (!path.endsWith(model) && lease.isLive(Lease.EXPIRY)) {
                    promised += lease.reservedBytes();
                }
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return promised;
    }

    /** What a version counts against the quota: all of it where it is whole or will be, else what lies there. */
    long countedBytes(ModelCache.Known known) throws IOException {
        boolean isWhole = known.manifest().isComplete() || new LeaseFile(known.place().lease()).isLive(Lease.EXPIRY);
        return isWhole
                ? known.manifest().totalBytes()
                : Math.min(known.manifest().totalBytes(),
                        sizeOf(known.place().tree()) + sizeOf(known.place().partials()));
    }

    long countedBytes(List<ModelCache.Known> all, String model) throws IOException {
        long counted = 0;
        for (ModelCache.Known known : all) {
            boolean isInHand = known.model().equals(model) && !known.manifest().isComplete();
            counted += isInHand ? 0 : countedBytes(known);
        }
        return counted;
    }

    static long sizeOf(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return 0;
        }
        long size = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                size += Files.size(file);
            }
        }
        return size;
    }

    CacheException full(String model, long bytes, long promised, long counted, long releasable) throws IOException {
        return new CacheException(CacheException.Reason.FULL,
                model + ": " + bytes + " bytes more are needed, " + freeBytes() + " are free of which "
                        + limits.reserveBytes() + " stay reserved and " + promised
                        + " are promised to other models being warmed; the models use " + counted + " of a quota of "
                        + (limits.quotaBytes() == 0 ? "no limit" : limits.quotaBytes())
                        + ", and those that nobody holds are " + releasable
                        + "; free some space, raise the quota, or release a model",
                null);
    }
}
