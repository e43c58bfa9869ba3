// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

import dev.lastcall.warmup.fetch.BootId;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.FileDigest;

/**
 * One version of one model on disk, worked on by the holder of its lease. Publishing may be called by several threads, all
 * else by one.
 */
public final class ModelFolder implements AutoCloseable {

    private final ModelPlace place;
    private final Lease lease;
    private final Path owned;
    private final Links links;
    private Manifest manifest; // guarded by this
    private volatile boolean isReadBack;

    private ModelFolder(ModelPlace place, Lease lease, Path owned, Links links, Manifest manifest) {
        this.place = place;
        this.lease = lease;
        this.owned = owned;
        this.links = links;
        this.manifest = manifest;
    }

    /** Waits for the right to work on the model, and takes over what a former owner left half done. */
    public static ModelFolder open(ModelPlace place) throws IOException, CacheException, InterruptedException {
        return open(place, Links.HARD);
    }

    static ModelFolder open(ModelPlace place, Links links) throws IOException, CacheException, InterruptedException {
        for (Path path : List.of(place.manifest(), place.lease(), place.partials(), place.quarantine())) {
            Folders.make(place.root(), path.resolveSibling("").normalize());
        }
        Folders.make(place.root(), place.tree());
        Folders.make(place.root(), place.partials());
        Lease lease = Lease.acquire(place.lease(), links);
        try {
            Optional<Manifest> manifest = ManifestFile.read(place.manifest());
            return new ModelFolder(place, lease, adopt(place.partials(), lease.nonce()), links,
                    manifest.orElse(new Manifest(Manifest.FORMAT, "", "", Asked.UNKNOWN, false, false, "", List.of())));
        } catch (IOException e) {
            lease.close();
            throw e;
        }
    }

    /** One rename gives us all that the last owner had, and leaves that owner, should it wake, with nothing to rename. */
    private static Path adopt(Path partials, String nonce) throws IOException {
        Path owned = partials.resolve(nonce);
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(partials)) {
            for (Path path : stream) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    left.add(path);
                }
            }
        }
        left.sort(java.util.Comparator.comparingLong(path -> path.toFile().lastModified()));
        if (left.isEmpty()) {
            Files.createDirectory(owned);
        } else {
            Files.move(left.removeLast(), owned, StandardCopyOption.ATOMIC_MOVE);
            for (Path older : left) {
                Trees.delete(older);
            }
        }
        return owned;
    }

    /** What is on record; a model of which nothing is has an empty, incomplete one. */
    public synchronized Manifest manifest() {
        return manifest;
    }

    /** The folder of the published files. */
    public Path path() {
        return place.tree();
    }

    /** All paths of this version. */
    public ModelPlace place() {
        return place;
    }

    /**
     * Outside a cache nothing may be forgotten to make room.
     *
     * @throws CacheException {@link CacheException.Reason#FULL} if there is none
     */
    public static void requireRoom(Path folder, String model, long bytes) throws IOException, CacheException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new CacheException(CacheException.Reason.FULL, model + ": " + bytes + " bytes are needed and " + free
                    + " are free in " + folder + "; free some space or choose another folder", null);
        }
    }

    /** Where the bytes of that file grow. */
    public Path partial(RemoteFile file) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(file.path().getBytes(StandardCharsets.UTF_8));
            return owned.resolve(HexFormat.of().formatHex(hash, 0, 16) + ".part");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Makes the folder ready for the listed version: what is of another version goes, then the record of what shall be
     * there is written.
     *
     * @return the files that are not there
     */
    public synchronized List<RemoteFile> prepare(Listing listing, Asked asked, boolean isSynced)
            throws IOException, CacheException {
        boolean isTrusted = manifest.isTrusted();
        Map<String, Manifest.Entry> recorded = manifest.byPath();
        List<RemoteFile> missing = new ArrayList<>();
        for (RemoteFile file : listing.files()) {
            Path path = resolve(file.path());
            boolean isRecorded = Manifest.Entry.of(file).equals(recorded.get(file.path()));
            boolean isPresent = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(path) == file.sizeBytes()
                    && ((isRecorded && isTrusted) || matchesDigest(path, file.digests()));
            if (!isPresent) {
                Files.deleteIfExists(path);
                missing.add(file);
            }
        }
        for (RemoteFile file : listing.files()) {
            recorded.remove(file.path());
        }
        for (String gone : recorded.keySet()) {
            // We put it there, and a loader that takes all it finds would mix it with what is listed now.
            Files.deleteIfExists(resolve(gone));
        }
        Manifest planned = Manifest.planned(listing, asked, isSynced, BootId.current());
        manifest = missing.isEmpty() && manifest.isComplete() ? planned.completed() : planned;
        ManifestFile.write(place.manifest(), manifest);
        return missing;
    }

    private static boolean matchesDigest(Path path, List<Digest> digests) throws IOException {
        return !digests.isEmpty() && FileDigest.of(path, digests.getFirst().kind()).equals(digests.getFirst());
    }

    /**
     * Whether the folder holds what was asked, whole, as far as it can be known without the store: it is on record as warm,
     * and a look at the files finds all of them right. Damaged ones are put into quarantine.
     *
     * @param withDigests compare digests, where there are any; else sizes only
     */
    public synchronized boolean holds(Asked asked, boolean withDigests) throws IOException, CacheException {
        if (!manifest.isComplete() || !manifest.asked().equals(asked)) {
            return false;
        }
        boolean isVouchedFor = manifest.files().stream().noneMatch(entry -> entry.digests().isEmpty());
        return (manifest.isTrusted() || isVouchedFor) && recheck(withDigests || !manifest.isTrusted()).isEmpty();
    }

    /**
     * Reads all files of the record again and puts those that are damaged into quarantine.
     *
     * @param withDigests compare digests, where there are any; else sizes only
     * @return the damaged ones, by name; the record is incomplete then
     */
    public synchronized List<String> recheck(boolean withDigests) throws IOException, CacheException {
        List<String> damaged = new ArrayList<>();
        for (Manifest.Entry entry : manifest.files()) {
            Path path = resolve(entry.path());
            boolean isSound = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(path) == entry.sizeBytes();
            if (isSound && withDigests && !entry.digests().isEmpty()) {
                isSound = matchesDigest(path, entry.parsedDigests());
            }
            if (!isSound) {
                damaged.add(entry.path());
            }
        }
        if (!damaged.isEmpty()) {
            manifest = manifest.damaged();
            ManifestFile.write(place.manifest(), manifest);
            for (String path : damaged) {
                quarantine(resolve(path));
            }
        }
        return damaged;
    }

    private void quarantine(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(place.quarantine());
            Files.move(path, place.quarantine().resolve(path.getFileName() + "." + UUID.randomUUID()),
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** From here on each file is read back and compared with its digest, where it has one, before it gets its name. */
    public void readBack() {
        isReadBack = true;
    }

    /** Gives a whole, verified file its name; called by the engine's threads. */
    public void publish(RemoteFile file, Path partial) throws IOException {
        try {
            if (isReadBack && !file.digests().isEmpty() && !matchesDigest(partial, file.digests())) {
                // Without its bytes the journal is worth nothing: the next attempt fetches all of it.
                Files.deleteIfExists(partial);
                throw new IOException("what was read back has not the digest of what was written;"
                        + " look at the disk and the memory of this machine");
            }
            record(file);
            Path path = resolve(file.path());
            requireHeld();
            readOnly(partial);
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (CacheException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Gives a file that lies elsewhere in the cache, verified, its name here too.
     *
     * @return false if it was read back and is not right any more
     */
    public boolean share(RemoteFile file, Path published) throws IOException, CacheException {
        requireHeld();
        if (isReadBack && !file.digests().isEmpty() && !matchesDigest(published, file.digests())) {
            return false;
        }
        Path path = resolve(file.path());
        if (!links.link(path, published)) {
            Path copy = owned.resolve(UUID.randomUUID() + ".copy");
            Files.copy(published, copy);
            readOnly(copy);
            Files.move(copy, path, StandardCopyOption.ATOMIC_MOVE);
        }
        return true;
    }

    /** Says how many bytes are still going to be written, so that others do not count on the room for them. */
    public void reserve(LongSupplier bytes) throws IOException {
        lease.reserve(bytes);
    }

    private void requireHeld() throws CacheException {
        if (!lease.isHeld()) {
            throw new CacheException(CacheException.Reason.LOST, place.tree()
                    + ": another process took the work on this model over, since this one did not move for long; it goes on there",
                    null);
        }
    }

    private synchronized void record(RemoteFile file) throws IOException {
        Manifest.Entry entry = Manifest.Entry.of(file);
        if (!entry.equals(manifest.byPath().get(file.path()))) {
            manifest = manifest.with(entry);
            ManifestFile.write(place.manifest(), manifest);
        }
    }

    private static void readOnly(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        }
    }

    /** Says that the model is warm. */
    public synchronized void complete() throws IOException, CacheException {
        requireHeld();
        for (Manifest.Entry entry : manifest.files()) {
            Path path = resolve(entry.path());
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.size(path) != entry.sizeBytes()) {
                throw new CacheException(CacheException.Reason.REFUSED,
                        path + " was taken away or changed while the model was"
                                + " being warmed; start again, and let nothing else write there",
                        null);
            }
        }
        manifest = manifest.completed();
        ManifestFile.write(place.manifest(), manifest);
        Trees.delete(owned);
    }

    /** The path of a file, whose folders are made, and are folders and not links that someone planted. */
    private Path resolve(String name) throws IOException, CacheException {
        int slash = name.lastIndexOf('/');
        Path folder = slash < 0 ? place.tree() : place.tree().resolve(name.substring(0, slash));
        return Folders.make(place.root(), folder).resolve(name.substring(slash + 1));
    }

    @Override
    public void close() throws IOException {
        lease.close();
    }
}
