// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The files of one version of a model as they lie on disk, under all names that the cache gave them.
 *
 * @param tree their folder
 * @param paths of the files in it
 * @param names last components of all names
 * @param keys device and inode of each
 * @param sizes bytes by inode
 * @param foreignLinks inodes that others outside the tree and the blobs also name: forgetting the model does not free them
 */
record ModelFiles(Path tree, List<Path> paths, Set<String> names, Set<Object> keys, Map<Long, Long> sizes,
        Set<Long> foreignLinks) {

    /** Looks at the disk. */
    static ModelFiles of(Path tree, HubFolders hub) throws IOException {
        List<Path> paths = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<Object> keys = new HashSet<>();
        Map<Long, Long> sizes = new HashMap<>();
        Set<Long> foreign = new HashSet<>();
        if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : (Iterable<Path>) files
                        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))::iterator) {
                    long inode = HubFolders.inode(file);
                    paths.add(file);
                    names.add(String.valueOf(file.getFileName()));
                    keys.add(Objects.requireNonNull(
                            Files.readAttributes(file, BasicFileAttributes.class).fileKey(),
                            "every Unix has file keys"));
                    sizes.put(inode, Files.size(file));
                    Set<String> blobs = hub.blobNames(inode);
                    blobs.forEach(blob -> names.add(blob.substring(blob.lastIndexOf('/') + 1)));
                    if ((int) Files.getAttribute(file, "unix:nlink") > 1 + blobs.size()) {
                        foreign.add(inode);
                    }
                }
            }
        }
        return new ModelFiles(tree, paths, names, keys, sizes, foreign);
    }

    /** What the disk gains when they go. */
    long freedBytes() {
        return sizes.entrySet()
                .stream()
                .filter(entry -> !foreignLinks.contains(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    boolean isBelow(String path) {
        return path.startsWith(tree + "/");
    }

    boolean hasName(String path) {
        return names.contains(path.substring(path.lastIndexOf('/') + 1));
    }

    boolean hasKey(@Nullable Object key) {
        return key != null && keys.contains(key);
    }

    boolean hasInode(String number) {
        return number.matches("\\d{1,18}") && sizes.containsKey(Long.parseLong(number));
    }
}
