// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

import dev.lastcall.warmup.cache.Asked;
import dev.lastcall.warmup.cache.CacheException;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.cache.ModelFolder;
import dev.lastcall.warmup.cache.ModelPlace;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Store;

/** Where a model goes. */
public sealed interface Destination {

    /**
     * Refuses a store that is this place, lies in it or holds it: what is fetched would take the place of what it is fetched
     * from. Touches nothing.
     */
    void requireApartFrom(Store store) throws IOException, WarmupException;

    /** Whether files of the model's names may be replaced that are not known to be of an earlier version. */
    boolean mayReplaceForeign();

    /** The right to work on that version of the model. */
    ModelFolder open(String model, Listing listing) throws IOException, CacheException, InterruptedException;

    /** Whether a version is on record as warm that came of the same question; looks at the record alone. */
    boolean hasStanding(String model, Asked asked) throws IOException, CacheException;

    /** The right to work on the version that is there already and came of the same question; empty where none is. */
    Optional<ModelFolder> openStanding(String model, Asked asked)
            throws IOException, CacheException, InterruptedException;

    /** Takes from elsewhere on this disk what is there, and returns the rest. */
    List<RemoteFile> share(String model, ModelFolder folder, List<RemoteFile> missing)
            throws IOException, CacheException;

    /** Sees to it that there is room for what is still to be written, and keeps it while the folder is open. */
    void makeRoom(String model, ModelFolder folder, LongSupplier bytes)
            throws IOException, CacheException, InterruptedException;

    /** Lets servers find the warm model. */
    void show(WarmupRequest request, ModelFolder folder) throws IOException, CacheException;

    /** The same for a version that may not be the newest, because the store could not be asked. */
    void showUnconfirmed(WarmupRequest request, ModelFolder folder) throws IOException, CacheException;

    /**
     * The cache of a node.
     *
     * @param cache with its limits
     */
    record Cache(ModelCache cache) implements Destination {
        @Override
        public void requireApartFrom(Store store) throws IOException, WarmupException {
            Apart.require(store, cache.root());
        }

        @Override
        public boolean mayReplaceForeign() {
            return true;
        }

        @Override
        public ModelFolder open(String model, Listing listing)
                throws IOException, CacheException, InterruptedException {
            return cache.open(model, listing);
        }

        @Override
        public boolean hasStanding(String model, Asked asked) throws IOException, CacheException {
            return cache.hasStanding(model, asked);
        }

        @Override
        public Optional<ModelFolder> openStanding(String model, Asked asked)
                throws IOException, CacheException, InterruptedException {
            return cache.openStanding(model, asked);
        }

        @Override
        public List<RemoteFile> share(String model, ModelFolder folder, List<RemoteFile> missing)
                throws IOException, CacheException {
            List<RemoteFile> rest = new ArrayList<>();
            for (RemoteFile file : missing) {
                Optional<Path> same = cache.same(model, folder.manifest().source(), file);
                if (same.isEmpty() || !folder.share(file, same.get())) {
                    rest.add(file);
                }
            }
            return rest;
        }

        @Override
        public void makeRoom(String model, ModelFolder folder, LongSupplier bytes)
                throws IOException, CacheException, InterruptedException {
            cache.makeRoom(model, folder, bytes);
        }

        @Override
        public void show(WarmupRequest request, ModelFolder folder) throws IOException, CacheException {
            // First, so that forgetting an older version leaves the reference alone.
            if (!request.hubRepository().isEmpty()) {
                cache.showAsHub(request.hubRepository(), request.hubReference(), folder.place(), folder.manifest());
            }
            cache.show(request.model(), folder.place());
        }

        @Override
        public void showUnconfirmed(WarmupRequest request, ModelFolder folder) throws IOException, CacheException {
            if (!request.hubRepository().isEmpty()) {
                cache.showAsHub(request.hubRepository(), request.hubReference(), folder.place(), folder.manifest());
            }
            cache.showUnconfirmed(request.model(), folder.place());
        }
    }

    /**
     * A plain folder.
     *
     * @param path made if it is not there
     * @param mayReplaceForeign whether files of the model's names are replaced that Lastcall did not put there
     */
    record Folder(Path path, boolean mayReplaceForeign) implements Destination {

        /** Where foreign files stay. */
        public Folder(Path path) {
            this(path, false);
        }

        @Override
        public void requireApartFrom(Store store) throws IOException, WarmupException {
            Apart.require(store, path);
        }

        @Override
        public ModelFolder open(String model, Listing listing)
                throws IOException, CacheException, InterruptedException {
            return ModelFolder.open(ModelPlace.inFolder(path));
        }

        @Override
        public boolean hasStanding(String model, Asked asked) throws IOException {
            return ModelFolder.hasStanding(ModelPlace.inFolder(path), asked);
        }

        @Override
        public Optional<ModelFolder> openStanding(String model, Asked asked)
                throws IOException, CacheException, InterruptedException {
            ModelPlace place = ModelPlace.inFolder(path);
            return Files.isRegularFile(place.manifest()) ? Optional.of(ModelFolder.open(place)) : Optional.empty();
        }

        @Override
        public List<RemoteFile> share(String model, ModelFolder folder, List<RemoteFile> missing) {
            return missing;
        }

        @Override
        public void makeRoom(String model, ModelFolder folder, LongSupplier bytes)
                throws IOException, CacheException {
            ModelFolder.requireRoom(path, model, bytes.getAsLong());
        }

        @Override
        public void show(WarmupRequest request, ModelFolder folder) {}

        @Override
        public void showUnconfirmed(WarmupRequest request, ModelFolder folder) {}
    }
}
