// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Makes room: first by what was found damaged, then by whole versions of models, the one used longest ago first, and never
 * one that is held or may be held.
 */
final class Evictor {

    private final ModelCache cache;
    private final CacheLayout layout;
    private final CacheLimits limits;
    private final Room room;
    private final Holders holders;
    private final Leftovers leftovers;
    private final Links links;
    private final AtomicReference<Evictions> evictions = new AtomicReference<>(Evictions.NONE);

    Evictor(ModelCache cache, CacheLayout layout, CacheLimits limits, Holders holders, Links links) {
        this.cache = cache;
        this.layout = layout;
        this.limits = limits;
        this.room = new Room(layout, limits);
        this.holders = holders;
        this.leftovers = new Leftovers(layout, holders, InstantSource.system());
        this.links = links;
    }

    /** A version that may go. */
    private record Victim(ModelCache.Known known, ModelFiles files) {}

    /**
     * What a model wants.
     *
     * @param model its name
     * @param bytes still to be written
     * @param outstandingBytes of its files that do not have their names yet, also as far as they are on their way
     */
    record Wish(String model, long bytes, long outstandingBytes) {}

    /** By the holder of the model's lease and of the right to allot room. */
    void makeRoom(Wish wish, ModelPlace inHand) throws IOException, CacheException {
        forgetAbandoned(wish.model(), inHand);
        List<ModelCache.Known> all = cache.known();
        leftovers.sweep(all);
        Room.Taken taken = room.look(all, wish.model());
        while (lacks(wish, taken) && leftovers.dropOldestDamaged()) {
            taken = room.look(all, wish.model());
        }
        if (!lacks(wish, taken)) {
            return;
        }
        HubFolders hub = HubFolders.of(layout.root());
        List<Victim> victims = victims(all, wish.model(), hub);
        long onTheirWay = onTheirWay(victims);
        long counted = onTheirWay + taken.stock()
                .releasedBy(victims.stream().map(victim -> victim.known.place().tree()).collect(Collectors.toSet()));
        long freed = onTheirWay + victims.stream().mapToLong(victim -> victim.files.freedBytes()).sum();
        if (freed < lackingFree(wish, taken) || counted < lackingQuota(wish, taken)) {
            throw room.full(wish.model(), wish.bytes(), taken, Math.min(freed, counted));
        }
        for (Victim victim : victims) {
            if (lacks(wish, taken) && forgetUnlessTaken(victim, hub)) {
                long gone = victim.known.manifest().isComplete()
                        ? victim.known.manifest().totalBytes()
                        : taken.stock().bytesOf(victim.known.place().tree());
                evictions.updateAndGet(so -> so.and(gone));
                taken = room.look(cache.known(), wish.model());
            }
        }
        if (lacks(wish, taken)) {
            throw room.full(wish.model(), wish.bytes(), taken, 0);
        }
    }

    private boolean lacks(Wish wish, Room.Taken taken) {
        return Math.max(lackingFree(wish, taken), lackingQuota(wish, taken)) > 0;
    }

    private long lackingFree(Wish wish, Room.Taken taken) {
        return wish.bytes() + limits.reserveBytes() + taken.promisedBytes() - taken.freeBytes();
    }

    private long lackingQuota(Wish wish, Room.Taken taken) {
        return limits.quotaBytes() == 0
                ? 0
                : taken.countedBytes() + wish.outstandingBytes() - limits.quotaBytes();
    }

    private static long onTheirWay(List<Victim> victims) throws IOException {
        long bytes = 0;
        for (Victim victim : victims) {
            bytes += victim.known.manifest().isComplete() ? 0 : Room.sizeOf(victim.known.place().partials());
        }
        return bytes;
    }

    Evictions evictions() {
        return evictions.get();
    }

    private List<Victim> victims(List<ModelCache.Known> all, String model, HubFolders hub) throws IOException {
        List<Victim> victims = new ArrayList<>();
        for (ModelCache.Known known : byLastUse(all)) {
            if (!known.model().equals(model)) {
                ModelFiles files = ModelFiles.of(known.place().tree(), hub);
                if (!holders.hold(known, files, hub)) {
                    victims.add(new Victim(known, files));
                }
            }
        }
        return victims;
    }

    private List<ModelCache.Known> byLastUse(List<ModelCache.Known> all) throws IOException {
        List<ModelCache.Known> sorted = new ArrayList<>(all);
        Map<String, Instant> times = new HashMap<>();
        for (ModelCache.Known known : all) {
            times.put(known.model(), holders.usedAt(known.model()));
        }
        sorted.sort(Comparator.comparing(known -> times.getOrDefault(known.model(), Instant.EPOCH)));
        return sorted;
    }

    /** Under the model's own lease: no process begins to work on it meanwhile. */
    private boolean forgetUnlessTaken(Victim victim, HubFolders hub) throws IOException {
        Optional<Lease> lease = Lease.tryAcquire(victim.known.place().lease(), links);
        if (lease.isEmpty()) {
            return false;
        }
        try (Lease held = lease.get()) {
            boolean isFree = !holders.isHeldByName(victim.known.model()) && !holders.use(victim.files)
                    && held.isHeld();
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
                forgetUnlessUsed(known);
            }
        }
        leftovers.sweep(cache.known());
    }

    /** By the holder of the model's lease: versions that ended in the store before they were whole here. */
    private void forgetAbandoned(String model, ModelPlace inHand) throws IOException {
        for (ModelCache.Known known : cache.known()) {
            if (known.model().equals(model) && !known.place().equals(inHand) && !known.manifest().isComplete()) {
                forgetUnlessUsed(known);
            }
        }
    }

    private void forgetUnlessUsed(ModelCache.Known known) throws IOException {
        HubFolders hub = HubFolders.of(layout.root());
        ModelFiles files = ModelFiles.of(known.place().tree(), hub);
        if (!holders.use(files)) {
            forget(known, files, hub);
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
            Files.deleteIfExists(layout.used(known.model()));
        }
        hub.forget(files);
        Trees.delete(tree);
    }
}
