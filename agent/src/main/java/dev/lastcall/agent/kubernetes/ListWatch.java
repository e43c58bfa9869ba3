// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.RetryPolicy;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps a {@link Sink} in step with a collection of objects: one list, then a watch from where the list ended. A watch
 * that ends or breaks is taken up where it was; one whose place the server no longer knows (410) begins with a list. While
 * the server is away the sink gets nothing, so that what was known last stays known.
 *
 * <p>Runs in a loop of its own from {@link #start} to {@link #close}.
 */
public final class ListWatch implements AutoCloseable {

    /** Most objects in one page of a list; fewer where a page is larger than an answer may be. */
    static final int PAGE = 50;

    /** A list of more pages has no end; a node has some hundred pods. */
    private static final int MAX_PAGES = 10_000;

    /** Most objects that are remembered as such which the sink failed on. */
    private static final int MAX_FAULTY = 200;

    /** So many tries against a 403 in a row come in the usual intervals: an API server that starts gives it too. */
    private static final int PATIENT_FORBIDDEN = 20;

    /** A watch is renewed after this long at least, and at random up to half again. */
    static final Duration RENEW = Duration.ofMinutes(40);

    /**
     * A watch that says nothing for longer than this is given up. The server sends a bookmark about once a minute
     * (Kubernetes documentation, "Watch bookmarks").
     */
    static final Duration SILENCE = Duration.ofMinutes(5);

    /** Between two tries while the service account lacks the permission; an administrator has to grant it first. */
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
    private final ApiRetry pauses;
    private final LoopObserver loops;
    private final SupervisedLoop loop;
    private final Set<String> faulty = new HashSet<>(); // confined to the loop
    private volatile boolean closed;
    private volatile @Nullable ApiReply problem;
    private volatile long problemSince;
    private volatile boolean everFollowed;
    private volatile @Nullable WatchStream open;
    private String version = "";
    private int page = PAGE;
    private int failures;

    /** Takes what the collection holds. Called on one thread; must not throw. */
    public interface Sink {
        /** One is there: it is new, has changed, or was listed. */
        void put(JsonNode one);

        /** One is gone. */
        void remove(JsonNode one);

        /** A whole list has been put: what has none of these uids is gone. */
        void retain(Set<String> uids);

        /** The collection is followed from here on; may block for a call. */
        default void followed() {}
    }

    /**
     * @param path of the collection
     * @param selector what of it is wanted, such as a {@code fieldSelector}
     */
    public ListWatch(KubernetesApi api, String path, Map<String, String> selector, NodeClock clock, Sink sink,
            LoopObserver loops) {
        this.api = api;
        this.path = path;
        this.selector = Map.copyOf(selector);
        this.clock = clock;
        this.sink = sink;
        this.pauses = new ApiRetry(clock, new RetryPolicy(FIRST_RETRY, MAX_RETRY));
        this.loops = loops;
        this.loop = new SupervisedLoop("watch-" + path, clock, loops, this::round);
    }

    /** Begins. Called once. */
    public void start() {
        loop.start();
    }

    /** Why the collection is not followed at present; empty while it is. */
    public Optional<String> problem() {
        return failure().map(ApiReply::problem);
    }

    /** The reply that keeps the collection from being followed at present; empty while it is followed. */
    public Optional<ApiReply> failure() {
        return Optional.ofNullable(problem);
    }

    /** Whether it was started and has not ended. */
    public boolean isRunning() {
        return loop.isRunning();
    }

    /**
     * As {@link #problem}, but silent about one that has lasted for less than {@code tolerated} where the collection was
     * followed before: a watch that breaks off is taken up within a second, and what was known stays known.
     */
    public Optional<String> lastingProblem(Duration tolerated) {
        return problem().filter(_ -> !everFollowed || clock.nanoTime() - problemSince >= tolerated.toNanos());
    }

    private Next round() throws InterruptedException {
        ApiReply reply;
        try {
            reply = version.isEmpty() ? list() : watch();
        } catch (RuntimeException | Error fault) {
            // What was being taken may be half taken: the next round begins with a list.
            version = "";
            notFollowed(new ApiReply.Unreachable("a fault of Lastcall: " + fault));
            throw fault;
        }
        if (reply.isOk()) {
            failures = 0;
            return Next.after(Duration.ZERO);
        }
        if (reply.isRefusedWith(GONE)) {
            version = "";
            return Next.after(pauses.pause(reply, ++failures));
        }
        noteProblem(reply);
        return Next.after(reply.isRefusedWith(403) && failures >= PATIENT_FORBIDDEN
                ? FORBIDDEN_RETRY
                : pauses.pause(reply, ++failures));
    }

    private void noteProblem(ApiReply reply) {
        if (problem == null) {
            log.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("reason", reply.problem())
                    .log("changes in the cluster are not followed; what was known last stays in use");
        }
        notFollowed(reply);
    }

    private void notFollowed(ApiReply why) {
        if (problem == null) {
            problemSince = clock.nanoTime();
        }
        problem = why;
    }

    private void follows() {
        everFollowed = true;
        if (problem != null) {
            log.atInfo().addKeyValue("path", path).log("changes in the cluster are followed again");
            problem = null;
        }
    }

    /** Page by page, so that never more than one is held; the sink gets each object as it comes. */
    private ApiReply list() {
        Set<String> uids = new HashSet<>();
        String next = "";
        version = "";
        for (int pages = 1; pages <= MAX_PAGES; pages++) {
            ApiReply reply = ask(next);
            if (!(reply instanceof ApiReply.Ok(JsonNode list))) {
                return reply;
            }
            if (!list.path("kind").asString("").endsWith("List") || !list.path("items").isArray()) {
                return new ApiReply.Unreachable("list " + path + ": the answer is no list");
            }
            for (JsonNode item : list.path("items")) {
                uids.add(item.path("metadata").path("uid").asString(""));
                put(item);
            }
            next = list.path("metadata").path("continue").asString("");
            if (next.isEmpty()) {
                sink.retain(uids);
                version = list.path("metadata").path("resourceVersion").asString("");
                follows();
                return reply;
            }
        }
        return new ApiReply.Unreachable("list " + path + ": more than " + MAX_PAGES + " pages");
    }

    /** One object that the sink fails on does not keep it from the others. */
    private void put(JsonNode object) {
        String part = partOf(object);
        try {
            sink.put(object);
            recovered(part);
        } catch (RuntimeException fault) {
            if (faulty.size() < MAX_FAULTY) {
                faulty.add(part);
            }
            loops.failed(part, fault);
        }
    }

    private void recovered(String part) {
        if (faulty.remove(part)) {
            loops.recovered(part);
        }
    }

    private static String partOf(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return KubernetesApi.printable(
                metadata.path("namespace").asString("") + "/" + metadata.path("name").asString(""));
    }

    /** One page; one that is too large is asked for again with fewer objects, and so are those that follow. */
    private ApiReply ask(String next) {
        while (true) {
            Map<String, String> query = new LinkedHashMap<>(selector);
            query.put("limit", Integer.toString(page));
            if (!next.isEmpty()) {
                query.put("continue", next);
            }
            ApiReply reply = api.call(Call.list(path, query));
            if (!(reply instanceof ApiReply.TooLarge) || page == 1) {
                return reply;
            }
            page = page / 2;
            log.atInfo()
                    .addKeyValue("path", path)
                    .addKeyValue("limit", page)
                    .log("a page of the list is too large; it is asked for with fewer objects");
        }
    }

    private ApiReply watch() throws InterruptedException {
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
            return opened.refusal() == null ? new ApiReply.Unreachable("no watch") : opened.refusal();
        }
        open = stream;
        try (stream) {
            follows();
            sink.followed();
            return read(stream);
        } catch (IOException | JacksonException broke) {
            return new ApiReply.Unreachable("watch " + path + ": " + broke.getMessage());
        } finally {
            open = null;
        }
    }

    /** Takes events until the watch ends. One that ends at once, again and again, is no reason to ask without pause. */
    private ApiReply read(WatchStream stream) throws IOException, InterruptedException {
        long begun = clock.nanoTime();
        while (!closed) {
            Optional<String> line = stream.next(SILENCE);
            if (line.isEmpty()) {
                return clock.nanoTime() - begun >= LEAST_WATCH.toNanos()
                        ? new ApiReply.Ok(JSON.missingNode())
                        : new ApiReply.Unreachable("watch " + path + ": ended at once");
            }
            JsonNode event = JSON.readTree(line.get());
            JsonNode object = event.path("object");
            switch (event.path("type").asString("")) {
                case "ADDED", "MODIFIED" -> put(object);
                case "DELETED" -> {
                    sink.remove(object);
                    recovered(partOf(object));
                }
                case "BOOKMARK" -> {
                }
                default -> {
                    version = "";
                    return new ApiReply.Refused(object.path("code").asInt(500),
                            "watch " + path + ": the server ended it: "
                                    + KubernetesApi.printable(object.path("message").asString("no reason given")),
                            Optional.empty());
                }
            }
            failures = 0;
            version = object.path("metadata").path("resourceVersion").asString(version);
        }
        return new ApiReply.Ok(JSON.missingNode());
    }

    @Override
    public void close() {
        closed = true;
        loop.end();
        WatchStream stream = open;
        if (stream != null) {
            stream.close();
        }
    }
}
