// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.warmup.cache.CacheException;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.cache.ModelFolder;
import dev.lastcall.warmup.cache.ModelPlace;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;

/** Where a model goes. */
public sealed interface Destination {

    /** The right to work on that version of the model. */
    ModelFolder open(String model, Listing listing) throws IOException, CacheException, InterruptedException;

    /** Takes from elsewhere on this disk what is there, and returns the rest. */
    List<RemoteFile> share(String model, ModelFolder folder, List<RemoteFile> missing)
            throws IOException, CacheException;

    /** Sees to it that there is room for so many bytes. */
    void makeRoom(String model, long bytes) throws IOException, CacheException;

    /** Lets servers find the warm model. */
    void show(WarmupRequest request, ModelFolder folder) throws IOException;

    /**
     * The cache of a node.
     *
     * @param cache with its limits
     */
    record Cache(ModelCache cache) implements Destination {
        @Override
        public ModelFolder open(String model, Listing listing)
                throws IOException, CacheException, InterruptedException {
            return ModelFolder.open(cache.place(model, listing));
        }

        @Override
        public List<RemoteFile> share(String model, ModelFolder folder, List<RemoteFile> missing)
                throws IOException, CacheException {
            List<RemoteFile> rest = new ArrayList<>();
            for (RemoteFile file : missing) {
                Optional<Path> same = cache.same(model, folder.manifest().source(), file);
                if (same.isPresent()) {
                    folder.share(file, same.get());
                } else {
                    rest.add(file);
                }
            }
            return rest;
        }

        @Override
        public void makeRoom(String model, long bytes) throws IOException, CacheException {
            cache.makeRoom(model, bytes);
        }

        @Override
        public void show(WarmupRequest request, ModelFolder folder) throws IOException {
            cache.show(request.model(), folder.place());
            if (!request.hubRepository().isEmpty()) {
                cache.showAsHub(request.hubRepository(), request.hubReference(), folder.place(), folder.manifest());
            }
        }
    }

    /**
     * A plain folder.
     *
     * @param path made if it is not there
     */
    record Folder(Path path) implements Destination {
        @Override
        public ModelFolder open(String model, Listing listing) throws IOException, InterruptedException {
            Files.createDirectories(path);
            return ModelFolder.open(ModelPlace.inFolder(path));
        }

        @Override
        public List<RemoteFile> share(String model, ModelFolder folder, List<RemoteFile> missing) {
            return missing;
        }

        @Override
        public void makeRoom(String model, long bytes) throws IOException, CacheException {
            ModelFolder.requireRoom(path, model, bytes);
        }

        @Override
        public void show(WarmupRequest request, ModelFolder folder) {}
    }
}
