// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;

import dev.lastcall.agent.config.CacheConfig;
import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.PageCache;

/** The cache and the engine as the configuration has them. */
public final class NodeCache {

    private NodeCache() {}

    /**
     * Opens the cache, making its directory.
     *
     * @param pinned models that stay whatever happens
     * @throws IOException if the directory cannot be made; the message names it and the remedy
     */
    public static ModelCache open(CacheConfig config, Set<String> pinned) throws IOException {
        try {
            ModelCache unlimited = new ModelCache(config.path(), new CacheLimits(0, 0), pinned::contains);
            unlimited.make();
            long all = Files.getFileStore(config.path()).getTotalSpace();
            CacheLimits limits = new CacheLimits(config.quota().bytes(all), config.reserve().bytes());
            return new ModelCache(config.path(), limits, pinned::contains);
        } catch (IOException cannot) {
            throw new LocalException(
                    new Failure.BadCache(DiskFaults.onDisk(cannot, config.path().toString())), cannot);
        }
    }

    /** How the engine works. */
    public static FetchSettings engine(CacheConfig config) {
        FetchSettings defaults = FetchSettings.defaults();
        Duration patience = config.patience();
        return defaults.withMaxConnections(config.maxConnections())
                .withPartBytes(Math.toIntExact(config.partSize().bytes()))
                .withSync(config.synced())
                .withPageCache(PageCache.valueOf(config.pageCache().name()))
                .withPatience(defaults.stallAfter(), defaults.slowAfter(), patience);
    }
}
