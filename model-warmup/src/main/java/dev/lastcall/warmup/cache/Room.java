// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.lastcall.warmup.failure.Failure;

/** How much of the disk and of the quota is taken, and how much of it is promised to other processes at work. */
final class Room {

    private final CacheLayout layout;
    private final CacheLimits limits;

    Room(CacheLayout layout, CacheLimits limits) {
        this.layout = layout;
        this.limits = limits;
    }

    /**
     * What is taken at one look.
     *
     * @param stock the files of all versions
     * @param countedBytes everything that counts against the quota: published, on its way, damaged, half made
     * @param promisedBytes what the owners of other models' leases are still going to write
     * @param freeBytes on the file system
     */
    record Taken(Stock stock, long countedBytes, long promisedBytes, long freeBytes) {}

    /**
     * Looks at the disk.
     *
     * @param inHand the model that wants room; what is on its way of it is counted by the caller
     */
    Taken look(List<ModelCache.Known> all, String inHand) throws IOException {
        Stock stock = Stock.of(layout.trees());
        long counted = stock.bytes() + sizeOf(layout.quarantine()) + sizeOf(layout.scratch());
        for (ModelCache.Known known : all) {
            if (!known.model().equals(inHand) && !known.manifest().isComplete()) {
                counted += pendingBytes(known, stock);
            }
        }
        return new Taken(stock, counted, promisedBytes(inHand), Files.getFileStore(layout.state()).getUsableSpace());
    }

    /** Of a version that is not whole: all that it lacks while a process works on it, else what is on its way. */
    private static long pendingBytes(ModelCache.Known known, Stock stock) throws IOException {
        long lacking = Math.max(0, known.manifest().totalBytes() - stock.bytesOf(known.place().tree()));
        return new LeaseFile(known.place().lease()).isLive(Lease.EXPIRY)
                ? lacking
                : Math.min(lacking, sizeOf(known.place().partials()));
    }

    private long promisedBytes(String inHand) throws IOException {
        long promised = 0;
        try (DirectoryStream<Path> leases = Files.newDirectoryStream(layout.leases(), "[A-Za-z0-9]*")) {
            for (Path path : leases) {
                LeaseFile lease = new LeaseFile(path);
                if (!path.endsWith(inHand) && lease.isLive(Lease.EXPIRY)) {
                    promised += lease.reservedBytes();
                }
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return promised;
    }

    /** Of the files below a folder; one that is named elsewhere too is counted there. */
    static long sizeOf(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return 0;
        }
        long size = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files
                    .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))::iterator) {
                size += Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer links
                        && links == 1 ? Files.size(file) : 0;
            }
        }
        return size;
    }

    CacheException full(String model, long bytes, Taken taken, long releasable) {
        return new CacheException(CacheException.Reason.FULL,
                new Failure.NoRoom(model, layout.root().toString(), bytes, taken.freeBytes(),
                        Optional.of(new Failure.NoRoom.Limits(limits.reserveBytes(),
                                taken.promisedBytes(), taken.countedBytes(), limits.quotaBytes(), releasable))),
                null);
    }
}
