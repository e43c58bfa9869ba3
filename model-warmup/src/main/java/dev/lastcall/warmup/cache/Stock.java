// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of all versions in the cache as they lie on disk at one look, each counted once however many versions share
 * it.
 */
final class Stock {

    private final Map<Long, Long> sizes;
    private final Map<Long, Set<Path>> holders;

    private Stock(Map<Long, Long> sizes, Map<Long, Set<Path>> holders) {
        this.sizes = sizes;
        this.holders = holders;
    }

    /** Looks at the disk. */
    static Stock of(Path trees) throws IOException {
        Map<Long, Long> sizes = new HashMap<>();
        Map<Long, Set<Path>> holders = new HashMap<>();
        if (Files.isDirectory(trees, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(trees)) {
                for (Path file : (Iterable<Path>) files
                        .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))::iterator) {
                    count(trees, file, sizes, holders);
                }
            }
        }
        return new Stock(sizes, holders);
    }

    private static void count(Path trees, Path file, Map<Long, Long> sizes, Map<Long, Set<Path>> holders)
            throws IOException {
        try {
            long inode = HubFolders.inode(file);
            sizes.put(inode, Files.size(file));
            holders.computeIfAbsent(inode, first -> new HashSet<>())
                    .add(trees.resolve(trees.relativize(file).getName(0)));
        } catch (NoSuchFileException e) {
            // Gone between the two looks.
            return;
        }
    }

    /** Of all files. */
    long bytes() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Of the files of one version. */
    long bytesOf(Path tree) {
        return holders.entrySet()
                .stream()
                .filter(entry -> entry.getValue().contains(tree))
                .mapToLong(entry -> sizes.getOrDefault(entry.getKey(), 0L))
                .sum();
    }

    /** Less if all of these versions went. */
    long releasedBy(Set<Path> trees) {
        return holders.entrySet()
                .stream()
                .filter(entry -> trees.containsAll(entry.getValue()))
                .mapToLong(entry -> sizes.getOrDefault(entry.getKey(), 0L))
                .sum();
    }
}
