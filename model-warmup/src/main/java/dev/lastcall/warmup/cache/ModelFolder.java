// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.fetch.BootId;
import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;

/**
 * One version of one model on disk, worked on by the holder of its lease. Files wait in the staging folder until all of
 * their version are there: in a cache that is the version's own tree, which is not shown before; a plain folder keeps the
 * version that it has, whole, until the next one is whole, and is then changed by renames. Publishing may be called by
 * several threads, all else by one.
 */
public final class ModelFolder implements AutoCloseable {

    private final ModelPlace place;
    private final Lease lease;
    private final Path owned;
    private final Links links;
    private final Replacement replacement;
    private Manifest manifest; // guarded by this; what is in the tree
    private Manifest plan; // guarded by this; what shall be there
    private Map<String, Manifest.Entry> planByPath = Map.of(); // guarded by this
    private volatile boolean isReadBack;

    private ModelFolder(ModelPlace place, Lease lease, Path owned, Links links, Manifest manifest) {
        this.place = place;
        this.lease = lease;
        this.owned = owned;
        this.links = links;
        this.manifest = manifest;
        this.plan = manifest;
        this.replacement = new Replacement(place, links);
    }

    /** Waits for the right to work on the model, and takes over what a former owner left half done. */
    public static ModelFolder open(ModelPlace place) throws IOException, CacheException, InterruptedException {
        return open(place, Links.HARD);
    }

    static ModelFolder open(ModelPlace place, Links links) throws IOException, CacheException, InterruptedException {
        for (Path path : List.of(place.manifest(), place.lease())) {
            Folders.make(place.root(), path.resolveSibling("").normalize());
        }
        Folders.make(place.root(), place.staging());
        Folders.make(place.root(), place.partials());
        Lease lease = Lease.acquire(place.lease(), links);
        try {
            ModelFolder folder = new ModelFolder(place, lease, Partials.adopt(place.partials(), lease.nonce()), links,
                    ManifestFile.read(place.manifest()).orElse(Manifest.EMPTY));
            folder.goOnReplacing();
            return folder;
        } catch (IOException | CacheException e) {
            lease.close();
            throw e;
        }
    }

    /** Whether the place is on record as warm, by the same question. */
    public static boolean hasStanding(ModelPlace place, Asked asked) throws IOException {
        return ManifestFile.read(place.manifest())
                .filter(manifest -> manifest.isComplete() && manifest.asked().equals(asked))
                .isPresent();
    }

    /** Where a former owner ended in the middle of its renames: all files of the next version were whole by then. */
    private synchronized void goOnReplacing() throws IOException, CacheException {
        if (place.isReplacedInPlace()) {
            Optional<Manifest> begun = ManifestFile.read(place.plan())
                    .filter(next -> next.isComplete() && next.isTrusted());
            if (begun.isPresent() && replacement.isWhole(begun.get())) {
                manifest = replacement.carryOut(manifest, begun.get());
                plan = manifest;
            }
        }
    }

    /** What is on record; a model of which nothing is has an empty, incomplete one. */
    public synchronized Manifest manifest() {
        return manifest;
    }

    /** Whether the tree holds what was prepared last, whole. */
    public synchronized boolean isComplete() {
        return manifest.isComplete() && manifest.equals(plan);
    }

    /** The folder of the published files. */
    public Path path() {
        return place.tree();
    }

    /** Where the file of that name can be read before the model is complete. */
    public Path read(String name) {
        Path staged = place.staging().resolve(name);
        return PublishedFile.exists(staged) ? staged : place.tree().resolve(name);
    }

    private Path shown(String name) throws CacheException {
        return Folders.fileIn(place.root(), place.tree(), name);
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
            throw new CacheException(CacheException.Reason.FULL,
                    new Failure.NoRoom(model, folder.toString(), bytes, free, Optional.empty()), null);
        }
    }

    /**
     * Names that differ only by case or Unicode form can both be files on most disks, and not on all.
     *
     * @throws CacheException {@link CacheException.Reason#REFUSED} if this disk takes two of them for one
     */
    public void requireDistinct(Collection<String> paths) throws IOException, CacheException {
        Optional<String> alike = FileNames.alike(paths);
        if (alike.isPresent() && !NameForms.areDistinct(owned)) {
            throw new CacheException(CacheException.Reason.REFUSED,
                    new Failure.OnDisk(place.tree().toString(), DiskFault.ALIKE, alike.get()), null);
        }
    }

    /** Where the bytes of that file grow. */
    public Path partial(RemoteFile file) {
        return Partials.of(owned, file);
    }

    /**
     * Plans the listed version: compares it with what is there, and writes down what shall be. Nothing that is there is
     * touched but what waits in the staging folder for a version that is not listed any more.
     *
     * @param mayReplaceForeign whether files may be replaced later that are not known to be of an earlier version
     * @return the files that are not there
     * @throws CacheException {@link CacheException.Reason#REFUSED} if a foreign file has the name of a listed one
     */
    public synchronized List<RemoteFile> prepare(Listing listing, Asked asked, boolean isSynced,
            boolean mayReplaceForeign) throws IOException, CacheException {
        Manifest waiting = place.isReplacedInPlace()
                ? ManifestFile.read(place.plan()).orElse(Manifest.EMPTY)
                : Manifest.EMPTY;
        Manifest version = Manifest.planned(listing, asked, isSynced, BootId.current());
        Map<String, Manifest.Entry> inTree = manifest.byPath();
        Map<String, Manifest.Entry> staged = waiting.byPath();
        List<RemoteFile> missing = new ArrayList<>();
        boolean isAllInTree = true;
        for (RemoteFile file : listing.files()) {
            Manifest.Entry wanted = Manifest.Entry.of(file);
            Path shown = shown(file.path());
            boolean isThere = PublishedFile.is(shown, wanted, inTree.get(file.path()), manifest.isTrusted());
            isAllInTree &= isThere;
            if (place.isReplacedInPlace()) {
                if (!isThere && !mayReplaceForeign) {
                    replacement.requireOwn(file.path(), inTree);
                }
                Path next = Folders.fileIn(place.root(), place.staging(), file.path());
                isThere |= PublishedFile.is(next, wanted, staged.get(file.path()), waiting.isTrusted());
            }
            if (!isThere) {
                missing.add(file);
            }
        }
        if (place.isReplacedInPlace()) {
            prepareStaging(version, missing, isAllInTree);
        } else {
            prepareTree(version, missing);
        }
        planByPath = plan.byPath();
        return missing;
    }

    private void prepareTree(Manifest planned, List<RemoteFile> missing) throws IOException, CacheException {
        for (RemoteFile file : missing) {
            Files.deleteIfExists(resolve(file.path()));
        }
        manifest = missing.isEmpty() && manifest.isComplete() ? planned.completed() : planned;
        plan = manifest;
        ManifestFile.write(place.root(), place.manifest(), manifest);
    }

    private void prepareStaging(Manifest planned, List<RemoteFile> missing, boolean isAllInTree)
            throws IOException, CacheException {
        boolean hasNothingElse = planned.byPath().keySet().containsAll(manifest.byPath().keySet());
        if (isAllInTree && hasNothingElse && manifest.isComplete()) {
            manifest = planned.completed();
            plan = manifest;
            ManifestFile.write(place.root(), place.manifest(), manifest);
            replacement.clear();
        } else {
            plan = planned;
            // First: what waits under a name of the plan is of the plan.
            replacement.drop(missing, plan);
            ManifestFile.write(place.root(), place.plan(), plan);
        }
    }

    /**
     * Whether the folder holds what was asked, whole, as far as it can be known without the store: it is on record as warm,
     * and a look at the files finds all of them right.
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
     * Reads all files of the record again. In a cache those that are damaged are put into quarantine; in a plain folder they
     * stay until others are there in their place, and go into quarantine then.
     *
     * @param withDigests compare digests, where there are any; else sizes only
     * @return the damaged ones, by name; the record is incomplete then
     */
    public synchronized List<String> recheck(boolean withDigests) throws IOException, CacheException {
        List<String> damaged = new ArrayList<>();
        for (Manifest.Entry entry : manifest.files()) {
            Path path = shown(entry.path());
            boolean isSound = PublishedFile.hasSize(path, entry.sizeBytes());
            if (isSound && withDigests && !entry.digests().isEmpty()) {
                isSound = PublishedFile.matches(path, entry.parsedDigests());
            }
            if (!isSound) {
                damaged.add(entry.path());
            }
        }
        if (!damaged.isEmpty()) {
            manifest = manifest.damaged(damaged);
            ManifestFile.write(place.root(), place.manifest(), manifest);
            if (!place.isReplacedInPlace()) {
                for (String name : damaged) {
                    new Quarantine(place.root(), place.quarantine()).take(resolve(name));
                }
            }
        }
        return damaged;
    }

    /** From here on each file is read back and compared with its digest, where it has one, before it gets its name. */
    public void readBack() {
        isReadBack = true;
    }

    /** Puts a whole, verified file beside the others of its version; called by the engine's threads. */
    public void publish(RemoteFile file, Path partial) throws IOException {
        try {
            if (isReadBack && !file.digests().isEmpty() && !PublishedFile.matches(partial, file.digests())) {
                // Without its bytes the journal is worth nothing: the next attempt fetches all of it.
                Files.deleteIfExists(partial);
                throw new LocalException(new Failure.OnDisk(file.path(), DiskFault.READ_BACK), null);
            }
            requirePlanned(file);
            Path path = resolve(file.path());
            requireHeld();
            PublishedFile.makeReadOnly(partial);
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (CacheException e) {
            throw new LocalException(e.failure(), e);
        }
    }

    /** A file of a version that was not planned would be taken for one of the plan's. */
    private synchronized void requirePlanned(RemoteFile file) {
        if (!Manifest.Entry.of(file).equals(planByPath.get(file.path()))) {
            throw new IllegalStateException(file.path() + " is not of the version that was planned");
        }
    }

    /**
     * Gives a file that lies elsewhere in the cache, verified, its name here too.
     *
     * @return false if it was read back and is not right any more
     */
    public boolean share(RemoteFile file, Path published) throws IOException, CacheException {
        requireHeld();
        if (isReadBack && !file.digests().isEmpty() && !PublishedFile.matches(published, file.digests())) {
            return false;
        }
        Path path = resolve(file.path());
        if (!links.link(path, published)) {
            Path copy = owned.resolve(UUID.randomUUID() + ".copy");
            Files.copy(published, copy);
            PublishedFile.makeReadOnly(copy);
            Files.move(copy, path, StandardCopyOption.ATOMIC_MOVE);
        }
        return true;
    }

    /** Of the files of the plan that do not have their names yet. */
    public synchronized long outstandingBytes() throws IOException {
        long bytes = 0;
        for (Manifest.Entry entry : plan.files()) {
            bytes += PublishedFile.hasSize(read(entry.path()), entry.sizeBytes()) ? 0 : entry.sizeBytes();
        }
        return bytes;
    }

    /** Says how many bytes are still going to be written, so that others do not count on the room for them. */
    public void reserve(LongSupplier bytes) throws IOException {
        lease.reserve(bytes);
    }

    private void requireHeld() throws CacheException {
        if (!lease.isHeld()) {
            throw new CacheException(CacheException.Reason.LOST,
                    new Failure.Ended(place.tree().toString(), Ending.TAKEN_OVER), null);
        }
    }

    /** Says that the model is warm: in a plain folder, by putting all files of the new version into their places. */
    public synchronized void complete() throws IOException, CacheException {
        requireHeld();
        for (Manifest.Entry entry : plan.files()) {
            Path path = read(entry.path());
            if (!PublishedFile.hasSize(path, entry.sizeBytes())) {
                throw new CacheException(CacheException.Reason.REFUSED,
                        new Failure.Ended(path.toString(), Ending.DISTURBED), null);
            }
        }
        plan = plan.completed();
        if (place.isReplacedInPlace()) {
            ManifestFile.write(place.root(), place.plan(), plan);
            manifest = replacement.carryOut(manifest, plan);
            Leftovers.removeOlder(place.quarantine(), Instant.now().minus(Quarantine.KEPT));
        } else {
            ManifestFile.write(place.root(), place.manifest(), plan);
            manifest = plan;
        }
        Trees.delete(owned);
    }

    /** Where a file of the version is put; its folders are made, and are folders and not links that someone planted. */
    private Path resolve(String name) throws IOException, CacheException {
        int slash = name.lastIndexOf('/');
        Path folder = slash < 0 ? place.staging() : place.staging().resolve(name.substring(0, slash));
        return Folders.make(place.root(), folder).resolve(name.substring(slash + 1));
    }

    @Override
    public void close() throws IOException {
        lease.close();
    }
}
