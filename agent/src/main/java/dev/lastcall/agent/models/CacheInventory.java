// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;

import dev.lastcall.warmup.cache.Evictions;
import dev.lastcall.warmup.cache.Manifest;
import dev.lastcall.warmup.cache.ModelCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cache of this node, opened when it is first needed, and what is known of its content. Thread-safe. */
final class CacheInventory {

    private static final Logger log = LoggerFactory.getLogger(CacheInventory.class);

    private final CacheSettings settings;
    private final Set<String> pinned;
    private volatile @Nullable ModelCache cache;
    private volatile long bytes;

    /**
     * Touches nothing yet.
     *
     * @param pinned models that are never forgotten to make room
     */
    CacheInventory(CacheSettings settings, Set<String> pinned) {
        this.settings = settings;
        this.pinned = Set.copyOf(pinned);
    }

    synchronized ModelCache cache() throws IOException {
        ModelCache opened = cache;
        if (opened == null) {
            opened = NodeCache.open(settings, pinned);
            cache = opened;
        }
        return opened;
    }

    /** The name that stays when the version changes: what a server is given. */
    Path shown(String model) {
        return settings.path().resolve(model);
    }

    /** Whether the model's name leads to a folder: a quick look, which finds what another process has forgotten. */
    boolean isShown(String model) {
        return Files.isDirectory(shown(model));
    }

    /** Whether all files of a version on record are there in their sizes. */
    boolean isWhole(String model) {
        try {
            for (ModelCache.Known known : cache().known()) {
                if (known.model().equals(model) && known.manifest().isComplete() && isWhole(known)) {
                    return true;
                }
            }
            return false;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean isWhole(ModelCache.Known known) throws IOException {
        for (Manifest.Entry entry : known.manifest().files()) {
            Path file = known.place().tree().resolve(entry.path());
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != entry.sizeBytes()) {
                return false;
            }
        }
        return true;
    }

    /** Counts again. */
    void count() {
        try {
            bytes = cache().known()
                    .stream()
                    .filter(known -> known.manifest().isComplete())
                    .mapToLong(known -> known.manifest().totalBytes())
                    .sum();
        } catch (IOException unreadable) {
            log.atDebug().setCause(unreadable).log("the cache could not be counted");
        }
    }

    /** Bytes of all complete models, as of the last count. */
    long bytes() {
        return bytes;
    }

    /** What was forgotten to make room, since the cache was opened. */
    Evictions evictions() {
        ModelCache opened = cache;
        return opened == null ? Evictions.NONE : opened.evictions();
    }
}
