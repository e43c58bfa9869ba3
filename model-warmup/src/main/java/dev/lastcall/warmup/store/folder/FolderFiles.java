// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The files below a folder that belong to a model. Links count as what they lead to, but only within the folder, or within
 * the repository where the folder is a snapshot of Hugging Face's cache: a user who may write a link into a share must not
 * thereby publish what this process may read elsewhere.
 */
final class FolderFiles {

    /** Of files and folders together; more is a wrong address. */
    private static final int MAX_ENTRIES = 10 * Listing.MAX_FILES;

    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

    private final Path folder;
    private final Path real;
    private final Path boundary;

    private FolderFiles(Path folder, Path real, Path boundary) {
        this.folder = folder;
        this.real = real;
        this.boundary = boundary;
    }

    /** Of a folder that is there. */
    static FolderFiles in(Path folder) throws IOException {
        Path real = folder.toRealPath();
        return new FolderFiles(folder, real, boundary(real));
    }

    /** A snapshot of the hub's cache is a folder of links to {@code ../../blobs}. */
    private static Path boundary(Path real) {
        Path snapshots = real.getParent();
        Path repository = snapshots == null ? null : snapshots.getParent();
        boolean isSnapshot = repository != null && snapshots != null && snapshots.endsWith("snapshots")
                && String.valueOf(repository.getFileName()).startsWith("models--")
                && Files.isDirectory(repository.resolve("blobs"), LinkOption.NOFOLLOW_LINKS);
        return isSnapshot && repository != null ? repository : real;
    }

    /**
     * One file.
     *
     * @param name below the folder
     * @param location where it is, without links
     */
    record Found(String name, Path location) {}

    /**
     * The wanted files; hidden files and folders are left out.
     *
     * @throws StoreException if a wanted one is a link that leads nowhere, or out of the folder
     */
    List<Found> find(Selection selection) throws IOException, StoreException {
        List<Found> found = new ArrayList<>();
        walk(real, "", selection, Set.of(real), found);
        return found;
    }

    private void walk(Path directory, String prefix, Selection selection, Set<Path> above, List<Found> found)
            throws IOException, StoreException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String file = String.valueOf(entry.getFileName());
                String name = prefix + file;
                if (!file.startsWith(".")) {
                    enter(entry, name, selection, above, found);
                }
                if (found.size() > MAX_ENTRIES) {
                    throw new StoreException(new Failure.BadModel(StoreFamily.FOLDER, folder.toString(),
                            ModelFault.TOO_MANY, MAX_ENTRIES + " files"));
                }
            }
        }
    }

    private void enter(Path entry, String name, Selection selection, Set<Path> above, List<Found> found)
            throws IOException, StoreException {
        Path location = entry;
        if (Files.isSymbolicLink(entry)) {
            boolean isWanted = Files.isDirectory(entry) ? selection.wants(name + "/any") : selection.wants(name);
            if (!isWanted) {
                return;
            }
            location = target(entry, name);
        }
        if (Files.isDirectory(location, LinkOption.NOFOLLOW_LINKS)) {
            if (above.contains(location)) {
                throw link(name, entry, ModelFault.LINK_CIRCLE, null);
            }
            Set<Path> deeper = new HashSet<>(above);
            deeper.add(location);
            walk(location, name + "/", selection, deeper, found);
        } else if (selection.wants(name) && Files.isRegularFile(location, LinkOption.NOFOLLOW_LINKS)) {
            found.add(new Found(name, location));
        }
    }

    private Path target(Path link, String name) throws IOException, StoreException {
        Path target;
        try {
            target = link.toRealPath();
        } catch (NoSuchFileException e) {
            throw link(name, link, ModelFault.LINK_TO_NOTHING, e);
        }
        if (!target.startsWith(boundary)) {
            throw link(name, link, ModelFault.LINK_OUT, null);
        }
        return target;
    }

    private StoreException link(String name, Path link, ModelFault fault, @Nullable Throwable cause)
            throws IOException {
        return new StoreException(new Failure.BadModel(StoreFamily.FOLDER, folder + ": " + name, fault,
                Files.readSymbolicLink(link).toString()), cause);
    }

    /**
     * Opens a file that was found, by the way on which it was found: where a folder of it or the file itself has become a
     * link meanwhile, it is not followed.
     */
    FileChannel open(Path location) throws IOException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(boundary)) {
            return top instanceof SecureDirectoryStream<Path> secure
                    ? open(secure, boundary.relativize(location))
                    : FileChannel.open(location, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static FileChannel open(SecureDirectoryStream<Path> directory, Path below) throws IOException {
        int names = below.getNameCount();
        if (names > 1) {
            try (SecureDirectoryStream<Path> next = directory.newDirectoryStream(below.getName(0),
                    LinkOption.NOFOLLOW_LINKS)) {
                return open(next, below.subpath(1, names));
            }
        }
        SeekableByteChannel channel = directory.newByteChannel(below, readWithoutLinks());
        if (channel instanceof FileChannel file) {
            return file;
        }
        channel.close();
        throw new LocalException(new Failure.OnDisk(below.toString(), DiskFault.UNKNOWN), null);
    }

    private static Set<java.nio.file.OpenOption> readWithoutLinks() {
        Set<java.nio.file.OpenOption> options = new HashSet<>(READ);
        options.add(LinkOption.NOFOLLOW_LINKS);
        return options;
    }
}
