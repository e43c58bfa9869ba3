// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.store.RemoteFile;

/**
 * One version of a model takes the place of another in a plain folder. All of the new one is whole before the first file
 * of the old one goes. From the moment that the plan is written down as complete it is carried out to its end, by the next
 * process if this one is killed. What is not on record is not ours and stays.
 */
final class Replacement {

    private final ModelPlace place;
    private final Links links;

    Replacement(ModelPlace place, Links links) {
        this.place = place;
        this.links = links;
    }

    /**
     * Refuses to replace a file that no record lists.
     *
     * @throws CacheException {@link CacheException.Reason#REFUSED}, naming it
     */
    void requireOwn(String name, Map<String, Manifest.Entry> recorded) throws CacheException {
        if (PublishedFile.exists(place.tree().resolve(name)) && !recorded.containsKey(name)) {
            throw foreign(name, "it exists, and is no file that Lastcall fetched");
        }
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            String above = name.substring(0, slash);
            Path folder = place.tree().resolve(above);
            if (PublishedFile.exists(folder) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && !recorded.containsKey(above)) {
                throw foreign(above, "it is not a folder but should be");
            }
        }
    }

    private CacheException foreign(String name, String why) {
        return new CacheException(CacheException.Reason.REFUSED,
                new Failure.OnDisk(place.tree().resolve(name).toString(), DiskFault.FOREIGN, why), null);
    }

    /** Whether every file of the version is there, in its place or waiting for it. */
    boolean isWhole(Manifest next) throws IOException {
        for (Manifest.Entry entry : next.files()) {
            if (!PublishedFile.hasSize(place.staging().resolve(entry.path()), entry.sizeBytes())
                    && !PublishedFile.hasSize(place.tree().resolve(entry.path()), entry.sizeBytes())) {
                return false;
            }
        }
        return true;
    }

    /** Puts every file into its place and takes away what is on record and not of this version. */
    Manifest carryOut(Manifest before, Manifest next) throws IOException, CacheException {
        Map<String, Manifest.Entry> recorded = before.byPath();
        Map<String, Manifest.Entry> wanted = next.byPath();
        ManifestFile.write(place.root(), place.manifest(), before.replacing(staged(next)));
        Set<String> gone = new HashSet<>(recorded.keySet());
        gone.removeAll(wanted.keySet());
        for (String name : gone) {
            remove(name);
        }
        for (Manifest.Entry entry : next.files()) {
            Path staged = place.staging().resolve(entry.path());
            if (PublishedFile.exists(staged)) {
                put(staged, entry.path(), recorded.containsKey(entry.path()) && recorded.get(entry.path()).isDamaged());
            }
        }
        ManifestFile.write(place.root(), place.manifest(), next);
        clear();
        return next;
    }

    private List<String> staged(Manifest next) {
        return next.files()
                .stream()
                .map(Manifest.Entry::path)
                .filter(name -> PublishedFile.exists(place.staging().resolve(name)))
                .toList();
    }

    private void put(Path staged, String name, boolean isDamaged) throws IOException, CacheException {
        int slash = name.lastIndexOf('/');
        Path folder = slash < 0 ? place.tree() : place.tree().resolve(name.substring(0, slash));
        Path path = Folders.make(place.root(), folder).resolve(name.substring(slash + 1));
        if (isDamaged) {
            new Quarantine(place.root(), place.quarantine()).copy(path, links);
        }
        Files.move(staged, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A folder that it leaves empty goes too, as nothing else is in it. */
    private void remove(String name) throws IOException {
        Path path = place.tree().resolve(name);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.deleteIfExists(path);
        try {
            for (Path folder = path.getParent(); folder != null && !folder.equals(place.tree()); folder = folder
                    .getParent()) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // Something else is in it, and stays.
            return;
        }
    }

    /** Of what waits, only that which is of this version goes on waiting. */
    void drop(List<RemoteFile> missing, Manifest next) throws IOException {
        Set<String> wanted = new HashSet<>(next.byPath().keySet());
        missing.forEach(file -> wanted.remove(file.path()));
        try (Stream<Path> staged = Files.walk(place.staging())) {
            for (Path path : staged.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
                if (!wanted.contains(place.staging().relativize(path).toString())) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing waits.
            return;
        }
    }

    /** Nothing waits any more. */
    void clear() throws IOException {
        Files.deleteIfExists(place.plan());
        Trees.delete(place.staging());
    }
}
