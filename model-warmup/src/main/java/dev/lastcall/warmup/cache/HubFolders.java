// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The repositories that the cache shows in Hugging Face's layout, as they were at one look. */
final class HubFolders {

    /**
     * A file of a repository.
     *
     * @param repository its folder, {@code models--ORG--NAME}
     * @param path the blob
     */
    private record Blob(Path repository, Path path) {}

    private final List<Path> repositories;
    private final Map<Long, List<Blob>> blobs;

    private HubFolders(List<Path> repositories, Map<Long, List<Blob>> blobs) {
        this.repositories = repositories;
        this.blobs = blobs;
    }

    /** Looks at the disk. */
    static HubFolders of(Path root) throws IOException {
        List<Path> repositories = new ArrayList<>();
        Map<Long, List<Blob>> blobs = new HashMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, "models--*")) {
            for (Path repository : folders) {
                Path of = repository.resolve("blobs");
                if (Files.isDirectory(repository, LinkOption.NOFOLLOW_LINKS)
                        && Files.isDirectory(of, LinkOption.NOFOLLOW_LINKS)) {
                    repositories.add(repository);
                    for (Path blob : list(of)) {
                        blobs.computeIfAbsent(inode(blob), inode -> new ArrayList<>()).add(new Blob(repository, blob));
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return new HubFolders(List.of(), Map.of());
        }
        return new HubFolders(List.copyOf(repositories), blobs);
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    /** Of the file that a blob is: where hard links are refused, a blob is a link to it. 0 for one that leads nowhere. */
    static long inode(Path file) throws IOException {
        try {
            return (long) Files.getAttribute(file, "unix:ino");
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** The names of the blobs that are that file by hard links. */
    Set<String> blobNames(long inode) {
        Set<String> names = new HashSet<>();
        for (Blob blob : blobs.getOrDefault(inode, List.of())) {
            if (!Files.isSymbolicLink(blob.path())) {
                names.add(blob.repository().getFileName() + "/" + blob.path().getFileName());
            }
        }
        return names;
    }

    /** The folders of the repositories that show any of these files. */
    Set<Path> showing(Set<Long> inodes) {
        Set<Path> showing = new HashSet<>();
        for (long inode : inodes) {
            blobs.getOrDefault(inode, List.of()).forEach(blob -> showing.add(blob.repository()));
        }
        return showing;
    }

    /**
     * Forgets what shows a version whose files these are: references first, so that no reader finds a model that lacks a
     * blob, then its snapshots, then the blobs that no other version of the cache has.
     */
    void forget(ModelFiles files) throws IOException {
        Set<Long> gone = new HashSet<>(files.sizes().keySet());
        gone.removeAll(files.foreignLinks());
        for (Path repository : repositories) {
            List<Path> blobsGone = new ArrayList<>();
            for (long inode : gone) {
                blobs.getOrDefault(inode, List.of())
                        .stream()
                        .filter(blob -> blob.repository().equals(repository))
                        .forEach(blob -> blobsGone.add(blob.path()));
            }
            if (!blobsGone.isEmpty()) {
                forget(repository, blobsGone);
            }
        }
    }

    private static void forget(Path repository, List<Path> blobsGone) throws IOException {
        Set<Path> doomed = new HashSet<>();
        for (Path snapshot : list(repository.resolve("snapshots"))) {
            if (hasAny(snapshot, blobsGone)) {
                doomed.add(snapshot);
            }
        }
        forgetReferences(repository.resolve("refs"), doomed);
        for (Path snapshot : doomed) {
            Trees.delete(snapshot);
        }
        for (Path blob : blobsGone) {
            Files.deleteIfExists(blob);
        }
        if (list(repository.resolve("snapshots")).isEmpty()) {
            Trees.delete(repository);
        }
    }

    private static boolean hasAny(Path snapshot, List<Path> blobs) throws IOException {
        try (Stream<Path> entries = Files.walk(snapshot)) {
            for (Path entry : (Iterable<Path>) entries.filter(Files::isSymbolicLink)::iterator) {
                Path target = entry.resolveSibling(Files.readSymbolicLink(entry)).normalize();
                if (blobs.contains(target)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void forgetReferences(Path references, Set<Path> doomed) throws IOException {
        if (!Files.isDirectory(references, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> entries = Files.walk(references)) {
            files = entries.filter(Files::isRegularFile).toList();
        }
        for (Path reference : files) {
            String commit = Files.readString(reference).strip();
            if (doomed.stream().anyMatch(snapshot -> snapshot.endsWith(commit))) {
                Files.deleteIfExists(reference);
            }
        }
    }
}
