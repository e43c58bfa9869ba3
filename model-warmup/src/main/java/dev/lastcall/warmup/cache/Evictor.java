// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Makes room by forgetting whole versions of models: the one used longest ago first, never one that somebody holds. */
final class Evictor {

    private final ModelCache cache;
    private final CacheLayout layout;
    private final CacheLimits limits;
    private final Room room;
    private final Holders holders;
    private final Links links;
    private final AtomicReference<Evictions> evictions = new AtomicReference<>(Evictions.NONE);

    Evictor(ModelCache cache, CacheLayout layout, CacheLimits limits, Holders holders, Links links) {
        this.cache = cache;
        this.layout = layout;
        this.limits = limits;
        this.room = new Room(layout, limits);
        this.holders = holders;
        this.links = links;
    }

    /**
     * A version that may go.
     *
     * @param countedBytes less against the quota
     * @param freedBytes more on the disk, as far as is known beforehand
     */
    private record Victim(ModelCache.Known known, ModelFiles files, long countedBytes, long freedBytes) {}

    void makeRoom(String model, long bytes) throws IOException, CacheException {
        List<ModelCache.Known> all = cache.known();
        long promised = room.promisedBytes(model);
        long counted = room.countedBytes(all, model);
        long lackingFree = bytes + limits.reserveBytes() + promised - room.freeBytes();
        long lackingQuota = limits.quotaBytes() == 0 ? 0 : counted + bytes - limits.quotaBytes();
        if (lackingFree <= 0 && lackingQuota <= 0) {
            return;
        }
        HubFolders hub = HubFolders.of(layout.root());
        List<Victim> victims = victims(all, model, hub);
        long releasable = victims.stream().mapToLong(Victim::freedBytes).sum();
        if (releasable < lackingFree || victims.stream().mapToLong(Victim::countedBytes).sum() < lackingQuota) {
            throw room.full(model, bytes, promised, counted, releasable);
        }
        for (Victim victim : victims) {
            // A partial file can have holes, so that it frees less than its size: the disk is asked again each time.
            long stillFree = bytes + limits.reserveBytes() + promised - room.freeBytes();
            if ((Math.min(lackingFree, stillFree) > 0 || lackingQuota > 0) && forgetUnlessTaken(victim, hub)) {
                lackingFree -= victim.known.manifest().isComplete() ? victim.freedBytes : 0;
                lackingQuota -= victim.countedBytes;
                evictions.updateAndGet(so -> so.and(victim.countedBytes));
            }
        }
        if (lackingQuota > 0
                || Math.min(lackingFree, bytes + limits.reserveBytes() + promised - room.freeBytes()) > 0) {
            throw room.full(model, bytes, promised, counted, 0);
        }
    }

    Evictions evictions() {
        return evictions.get();
    }

    private List<Victim> victims(List<ModelCache.Known> all, String model, HubFolders hub) throws IOException {
        List<Victim> victims = new ArrayList<>();
        for (ModelCache.Known known : byLastUse(all)) {
            ModelFiles files = ModelFiles.of(known.place().tree(), hub);
            if (!known.model().equals(model) && !holders.hold(known, files, hub)) {
                long partial = known.manifest().isComplete() ? 0 : Room.sizeOf(known.place().partials());
                victims.add(new Victim(known, files, room.countedBytes(known), files.freedBytes() + partial));
            }
        }
        return victims;
    }

    private List<ModelCache.Known> byLastUse(List<ModelCache.Known> all) throws IOException {
        List<ModelCache.Known> sorted = new ArrayList<>(all);
        Map<String, FileTime> times = new HashMap<>();
        for (ModelCache.Known known : all) {
            Path mark = layout.used(known.model());
            times.put(known.model(), Files.exists(mark) ? Files.getLastModifiedTime(mark) : FileTime.fromMillis(0));
        }
        sorted.sort(Comparator.comparing(known -> times.getOrDefault(known.model(), FileTime.fromMillis(0))));
        return sorted;
    }

    /** Under the model's own lease: nobody begins to work on it meanwhile. */
    private boolean forgetUnlessTaken(Victim victim, HubFolders hub) throws IOException {
        Optional<Lease> lease = Lease.tryAcquire(victim.known.place().lease(), links);
        if (lease.isEmpty()) {
            return false;
        }
        try (Lease held = lease.get()) {
            boolean isFree = !holders.isHeldByName(victim.known.model()) && held.isHeld();
            if (isFree) {
                forget(victim.known, victim.files, hub);
                if (!victim.known.manifest().isComplete()) {
                    Trees.delete(victim.known.place().partials());
                }
            }
            return isFree;
        }
    }

    /** By the holder of the model's lease. */
    void forgetOtherVersions(String model, ModelPlace kept) throws IOException {
        for (ModelCache.Known known : cache.known()) {
            if (known.model().equals(model) && !known.place().equals(kept)) {
                HubFolders hub = HubFolders.of(layout.root());
                ModelFiles files = ModelFiles.of(known.place().tree(), hub);
                if (!holders.use(files)) {
                    forget(known, files, hub);
                }
            }
        }
    }

    /** First it is not warm any more, then it cannot be found, then its bytes go. */
    private void forget(ModelCache.Known known, ModelFiles files, HubFolders hub) throws IOException {
        Files.deleteIfExists(known.place().manifest());
        Path link = layout.link(known.model());
        Path tree = known.place().tree();
        if (Files.isSymbolicLink(link)
                && layout.root().resolve(Files.readSymbolicLink(link)).normalize().equals(tree)) {
            Files.deleteIfExists(link);
        }
        hub.forget(files);
        Trees.delete(tree);
    }
}
