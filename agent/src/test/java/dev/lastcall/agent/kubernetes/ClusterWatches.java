// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import tools.jackson.databind.node.ObjectNode;

/** The watches of a fake cluster. For them time passes only when a test says so. Thread-safe. */
final class ClusterWatches {

    /** About how often an API server says in a watch where it is, and how often etcd forgets what is older. */
    private static final Duration BOOKMARK = Duration.ofMinutes(1);
    private static final Duration COMPACTION = Duration.ofMinutes(5);

    private final Vertx vertx;
    private final ClusterStore store;
    private final Set<Watch> open = ConcurrentHashMap.newKeySet();
    private Duration now = Duration.ZERO; // guarded by this
    private Duration longest = Duration.ofDays(1); // guarded by this

    private record Watch(HttpServerResponse response, Context context, Duration end) {

        void say(String line) {
            context.runOnContext(_ -> {
                if (!response.ended() && !response.closed()) {
                    response.write(line);
                }
            });
        }

        void end(String line) {
            context.runOnContext(_ -> response.end(line));
        }
    }

    ClusterWatches(Vertx vertx, ClusterStore store) {
        this.vertx = vertx;
        this.store = store;
    }

    /** Opens one for the request, unless the place that it is to begin from is too old. */
    void open(HttpServerRequest request, Predicate<ClusterStore.Change> wanted) {
        long since = Long.parseLong(request.params().get("resourceVersion"));
        if (!store.knows(since)) {
            Answers.write(request, 410, Answers.status(410, "Expired", "too old resource version: " + since));
            return;
        }
        HttpServerResponse response = request.response()
                .setChunked(request.version() == HttpVersion.HTTP_1_1)
                .putHeader("Content-Type", "application/json");
        response.writeHead();
        Watch watch = new Watch(response, vertx.getOrCreateContext(),
                end(Duration.ofSeconds(Long.parseLong(request.params().get("timeoutSeconds")))));
        open.add(watch);
        Runnable end = store.watch(since, change -> {
            if (wanted.test(change)) {
                watch.say(Answers.line(change.type(), change.object()));
            }
        });
        response.closeHandler(_ -> {
            end.run();
            open.remove(watch);
        });
    }

    private synchronized Duration end(Duration asked) {
        return now.plus(asked.compareTo(longest) < 0 ? asked : longest);
    }

    synchronized void endAfter(Duration bound) {
        longest = bound;
    }

    int count() {
        return open.size();
    }

    void breakOff() {
        open.forEach(watch -> watch.response().reset());
    }

    void expire() {
        open.forEach(watch -> watch.end(
                Answers.line("ERROR", Answers.status(410, "Expired", "too old resource version"))));
    }

    /** Time passes, a bookmark's at a time at most; whether a watch ends by it. */
    synchronized boolean pass(Duration time) {
        boolean ends = false;
        long compactions = now.dividedBy(COMPACTION);
        now = now.plus(time);
        if (now.dividedBy(COMPACTION) > compactions) {
            store.compact();
        }
        for (Watch watch : open) {
            if (watch.end().compareTo(now) <= 0) {
                watch.end(bookmark());
                ends = true;
            } else if (now.toNanos() % BOOKMARK.toNanos() < time.toNanos()) {
                watch.say(bookmark());
            }
        }
        return ends;
    }

    private String bookmark() {
        ObjectNode object = ClusterStore.JSON.createObjectNode().put("kind", "Pod").put("apiVersion", "v1");
        object.putObject("metadata").put("resourceVersion", Long.toString(store.version()));
        return Answers.line("BOOKMARK", object);
    }
}
