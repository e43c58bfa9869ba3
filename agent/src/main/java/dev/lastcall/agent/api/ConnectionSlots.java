// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Who may be connected, and for what. Each use has places of its own, so that readers never take a probe's or a hook's; and
 * when they run out, the peer that has most of them gives one up. A peer that has fewer than another is never turned away
 * for it, and some places of each use are kept for peers of this machine. Thread-safe; never blocks.
 */
final class ConnectionSlots {

    /** What a connection is doing. */
    enum Use {
        /** It has sent no whole request yet, or is between two; probes are answered from here, at once. */
        WAITING(64, 16, true),
        /** A view is written to it. */
        READING(32, 8, true),
        /** A hook is held on it until servers are idle. */
        HOLDING(128, 32, false),
        /** It has asked for a change. */
        CHANGING(16, 8, false);

        private final int places;
        private final int kept;
        private final boolean oldestGoes;

        /**
         * @param places at a time
         * @param kept of them for peers of this machine
         * @param oldestGoes whether the oldest of the peer that has most gives up its place, else the newest
         */
        Use(int places, int kept, boolean oldestGoes) {
            this.places = places;
            this.kept = kept;
            this.oldestGoes = oldestGoes;
        }

        int places() {
            return places;
        }

        /** How many peers of other machines may have. */
        int forStrangers() {
            return places - kept;
        }
    }

    /** One connection. Identity matters; its fields are guarded by the places that it is of. */
    static final class Place {
        private final Peer peer;
        private final Consumer<Use> evicted;
        private Use use = Use.WAITING;
        private long since;

        private Place(Peer peer, Consumer<Use> evicted) {
            this.peer = peer;
            this.evicted = evicted;
        }
    }

    /**
     * Who is at the other end.
     *
     * @param name all connections with the same name are one peer's
     * @param near whether it is of this machine
     */
    record Peer(String name, boolean near) {}

    private final Map<Use, Set<Place>> taken = new EnumMap<>(Use.class);
    private long moves;

    ConnectionSlots() {
        for (Use use : Use.values()) {
            taken.put(use, new LinkedHashSet<>());
        }
    }

    /**
     * A new connection, which waits for its first request.
     *
     * @param evicted called with what it was doing when it has to give up its place; on the thread that took it
     * @return its place; {@link #has} says whether it got one
     */
    Place enter(Peer peer, Consumer<Use> evicted) {
        Place place = new Place(peer, evicted);
        move(place, Use.WAITING);
        return place;
    }

    /** Whether it has a place. */
    synchronized boolean has(Place place) {
        return set(place.use).contains(place);
    }

    /** Goes on to another use; false where there is no place for that, and then it has none at all. */
    boolean move(Place place, Use use) {
        Place victim;
        Use was;
        synchronized (this) {
            set(place.use).remove(place);
            place.since = moves++;
            victim = victim(place, use);
            was = use;
            if (victim != place) {
                place.use = use;
                set(use).add(place);
                if (victim != null) {
                    set(use).remove(victim);
                }
            }
        }
        if (victim != null && victim != place) {
            victim.evicted.accept(was);
        }
        return victim != place;
    }

    /** Its connection is gone. */
    synchronized void leave(Place place) {
        set(place.use).remove(place);
    }

    private @Nullable Place victim(Place wanting, Use use) {
        Set<Place> there = set(use);
        List<Place> strangers = there.stream().filter(place -> !place.peer.near()).toList();
        if (there.size() < use.places() && (wanting.peer.near() || strangers.size() < use.forStrangers())) {
            return null;
        }
        List<Place> contenders = new ArrayList<>(strangers);
        if (!wanting.peer.near()) {
            contenders.add(wanting);
        } else if (strangers.isEmpty()) {
            contenders.addAll(there);
            contenders.add(wanting);
        }
        Map<String, Integer> counts = new HashMap<>();
        contenders.forEach(place -> counts.merge(place.peer.name(), 1, Integer::sum));
        Comparator<Place> order = Comparator.comparingInt((Place place) -> -counts.getOrDefault(place.peer.name(), 0))
                .thenComparingLong(place -> use.oldestGoes ? place.since : -place.since);
        return contenders.stream().min(order).orElseThrow();
    }

    private Set<Place> set(Use use) {
        return taken.computeIfAbsent(use, none -> new LinkedHashSet<>());
    }
}
