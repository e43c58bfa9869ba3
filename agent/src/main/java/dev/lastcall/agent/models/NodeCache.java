// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;

/** The cache as the configuration has it. */
public final class NodeCache {

    private NodeCache() {}

    /**
     * Opens the cache, making its directory.
     *
     * @param pinned models that stay whatever happens
     * @throws IOException if the directory cannot be made; the message names it and the remedy
     */
    public static ModelCache open(CacheSettings settings, Set<String> pinned) throws IOException {
        try {
            ModelCache unlimited = new ModelCache(settings.path(), new CacheLimits(0, 0), pinned::contains);
            unlimited.make();
            long all = Files.getFileStore(settings.path()).getTotalSpace();
            CacheLimits limits = new CacheLimits(settings.quota().bytes(all), settings.reserve().bytes());
            return new ModelCache(settings.path(), limits, pinned::contains);
        } catch (IOException cannot) {
            throw new LocalException(
                    new Failure.BadCache(DiskFaults.onDisk(cannot, settings.path().toString())), cannot);
        }
    }
}
