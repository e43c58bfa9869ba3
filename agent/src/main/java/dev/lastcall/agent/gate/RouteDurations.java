// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long the requests of each route took lately, by one event loop: what a request that is admitted now will probably take.
 * A route is a path without its query. It remembers the last {@link #EPOCH} at least and two of them at most.
 *
 * <p>One thread records; any thread reads. Memory is bounded: paths beyond {@link #MOST_ROUTES}, and long ones, share one
 * entry.
 */
final class RouteDurations {

    /** The share of requests that a duration is said of. */
    static final double SHARE = 0.99;
    /** With fewer requests than this nothing is said of a route. */
    static final long LEAST_REQUESTS = 50;
    static final int MOST_ROUTES = 32;
    /** The entry of all routes that have none of their own; no path is like it. */
    static final String OTHER = "";
    static final Duration EPOCH = Duration.ofMinutes(10);
    private static final int LONGEST_PATH = 128;

    private record Epoch(long since, Map<String, DurationHistogram> routes) {}

    private volatile Epoch current;
    private volatile Epoch earlier;

    RouteDurations(long now) {
        current = new Epoch(now, Map.of());
        earlier = new Epoch(now, Map.of());
    }

    /** Notes that a request to a path took so long. */
    void record(String path, long nanos, long now) {
        Epoch epoch = current;
        if (now - epoch.since() > EPOCH.toNanos()) {
            earlier = now - epoch.since() > 2 * EPOCH.toNanos() ? new Epoch(now, Map.of()) : epoch;
            epoch = new Epoch(now, Map.of());
            current = epoch;
        }
        DurationHistogram known = epoch.routes().get(path);
        if (known == null) {
            String route = path.length() <= LONGEST_PATH && epoch.routes().size() < MOST_ROUTES ? path : OTHER;
            known = epoch.routes().get(route);
            if (known == null) {
                known = add(epoch, route);
            }
        }
        known.record(nanos);
    }

    /** Readers may hold the map of before. */
    private DurationHistogram add(Epoch epoch, String route) {
        Map<String, DurationHistogram> routes = new HashMap<>(epoch.routes());
        DurationHistogram added = new DurationHistogram();
        routes.put(route, added);
        current = new Epoch(epoch.since(), routes);
        return added;
    }

    /**
     * What a request of each route will probably take at most, in nanoseconds.
     *
     * @return the routes of which enough is known; {@link #OTHER} is for all that are not listed
     */
    static Map<String, Long> expected(Collection<RouteDurations> loops, long now) {
        Map<String, long[]> sums = new LinkedHashMap<>();
        for (RouteDurations loop : loops) {
            add(loop.current, sums, now);
            add(loop.earlier, sums, now);
        }
        Map<String, Long> expected = new LinkedHashMap<>();
        sums.forEach((route, counts) -> DurationHistogram.quantile(counts, SHARE, LEAST_REQUESTS)
                .ifPresent(nanos -> expected.put(route, nanos)));
        return expected;
    }

    private static void add(Epoch epoch, Map<String, long[]> sums, long now) {
        if (now - epoch.since() <= 2 * EPOCH.toNanos()) {
            epoch.routes()
                    .forEach((route, durations) -> durations
                            .addTo(sums.computeIfAbsent(route, added -> DurationHistogram.sums())));
        }
    }
}
