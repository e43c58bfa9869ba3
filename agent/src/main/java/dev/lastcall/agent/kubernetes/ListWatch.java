// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps a {@link Sink} in step with a collection of objects: one list, then a watch from where the list ended. A watch
 * that ends or breaks is taken up where it was; one whose place the server no longer knows (410) begins with a list. While
 * the server is away nothing is told, so that what was known last stays known.
 *
 * <p>Runs on a virtual thread of its own from {@link #start} to {@link #close}.
 */
public final class ListWatch implements AutoCloseable {

    /** Objects in one page of a list. */
    static final int PAGE = 50;

    /** A watch is renewed after this long at least, and at random up to half again. */
    static final Duration RENEW = Duration.ofMinutes(40);

    /**
     * A watch that says nothing for longer than this is given up. The server sends a bookmark about once a minute
     * (Kubernetes documentation, "Watch bookmarks").
     */
    static final Duration SILENCE = Duration.ofMinutes(5);

    /** Between two tries while the service account may not; somebody has to grant it first. */
    static final Duration FORBIDDEN_RETRY = Duration.ofMinutes(5);

    /** A watch that ended sooner did not end in its own time. */
    private static final Duration LEAST_WATCH = Duration.ofSeconds(10);

    /** Of HTTP: the server no longer knows the place to watch from. */
    private static final int GONE = 410;

    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration MAX_RETRY = Duration.ofSeconds(15);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Logger log = LoggerFactory.getLogger(ListWatch.class);

    private final KubernetesApi api;
    private final String path;
    private final Map<String, String> selector;
    private final NodeClock clock;
    private final Sink sink;
    private final Persistence pauses;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable String problem;
    private volatile @Nullable WatchStream open;
    private String version = "";
    private int failures;

    /** Takes what the collection holds. Called on one thread; must not throw. */
    public interface Sink {
        /** All there is now. */
        void replace(List<JsonNode> all);

        /** One is new, or has changed. */
        void put(JsonNode one);

        /** One is gone. */
        void remove(JsonNode one);
    }

    /**
     * @param path of the collection
     * @param selector what of it is wanted, such as a {@code fieldSelector}
     */
    public ListWatch(KubernetesApi api, String path, Map<String, String> selector, NodeClock clock, Sink sink) {
        this.api = api;
        this.path = path;
        this.selector = Map.copyOf(selector);
        this.clock = clock;
        this.sink = sink;
        this.pauses = new Persistence(clock, FIRST_RETRY, MAX_RETRY);
        this.thread = Thread.ofVirtual().name("watch-" + path).unstarted(this::run);
    }

    /** Begins. Called once. */
    public void start() {
        thread.start();
    }

    /** Why the collection is not followed at present; empty while it is. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        try {
            while (!closed) {
                Reply reply = version.isEmpty() ? list() : watch();
                if (reply.isOk()) {
                    failures = 0;
                } else if (reply.isRefusedWith(GONE)) {
                    version = "";
                    clock.sleep(pauses.pause(reply, ++failures));
                } else {
                    told(reply);
                    clock.sleep(reply.isRefusedWith(403) ? FORBIDDEN_RETRY : pauses.pause(reply, ++failures));
                }
            }
        } catch (InterruptedException ended) {
            // The usual way to end: close() interrupts.
        }
    }

    private void told(Reply reply) {
        if (problem == null) {
            log.atWarn()
                    .addKeyValue("reason", reply.problem())
                    .log("the pods of this node are not followed; the last known are drained");
        }
        problem = reply.problem();
    }

    private void follows() {
        if (problem != null) {
            log.atInfo().log("the pods of this node are followed again");
            problem = null;
        }
    }

    private Reply list() {
        List<JsonNode> all = new ArrayList<>();
        String next = "";
        Reply reply;
        do {
            Map<String, String> query = new LinkedHashMap<>(selector);
            query.put("limit", Integer.toString(PAGE));
            if (!next.isEmpty()) {
                query.put("continue", next);
            }
            reply = api.call(Call.list(path, query));
            if (reply instanceof Reply.Ok(JsonNode page)) {
                page.path("items").forEach(all::add);
                next = page.path("metadata").path("continue").asString("");
                version = page.path("metadata").path("resourceVersion").asString("");
            }
        } while (reply.isOk() && !next.isEmpty());
        if (reply.isOk()) {
            sink.replace(all);
            follows();
        } else {
            version = "";
        }
        return reply;
    }

    private Reply watch() throws InterruptedException {
        long renew = RENEW.toSeconds() + ThreadLocalRandom.current().nextLong(RENEW.toSeconds() / 2);
        Map<String, String> query = new LinkedHashMap<>(selector);
        query.put("watch", "true");
        query.put("allowWatchBookmarks", "true");
        query.put("resourceVersion", version);
        query.put("timeoutSeconds", Long.toString(renew));
        Call call = new Call(Call.Verb.WATCH, path + Call.query(query), "", "", Call.BOUND);
        KubernetesApi.Opened opened = api.watch(call);
        WatchStream stream = opened.stream();
        if (stream == null) {
            return opened.refusal() == null ? new Reply.Unreachable("no watch") : opened.refusal();
        }
        open = stream;
        try (stream) {
            follows();
            return read(stream);
        } catch (IOException | JacksonException broke) {
            return new Reply.Unreachable("watch " + path + ": " + broke.getMessage());
        } finally {
            open = null;
        }
    }

    /** Takes events until the watch ends. One that ends at once, again and again, is no reason to ask without pause. */
    private Reply read(WatchStream stream) throws IOException, InterruptedException {
        long begun = clock.nanoTime();
        while (!closed) {
            Optional<String> line = stream.next(SILENCE);
            if (line.isEmpty()) {
                return clock.nanoTime() - begun >= LEAST_WATCH.toNanos()
                        ? new Reply.Ok(JSON.missingNode())
                        : new Reply.Unreachable("watch " + path + ": ended at once");
            }
            JsonNode event = JSON.readTree(line.get());
            JsonNode object = event.path("object");
            switch (event.path("type").asString("")) {
                case "ADDED", "MODIFIED" -> sink.put(object);
                case "DELETED" -> sink.remove(object);
                case "BOOKMARK" -> {
                }
                default -> {
                    version = "";
                    return new Reply.Refused(object.path("code").asInt(500), "watch " + path + ": the server ended it: "
                            + KubernetesApi.printable(object.path("message").asString("no reason given")),
                            Optional.empty());
                }
            }
            failures = 0;
            version = object.path("metadata").path("resourceVersion").asString(version);
        }
        return new Reply.Ok(JSON.missingNode());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        WatchStream stream = open;
        if (stream != null) {
            stream.close();
        }
    }
}
