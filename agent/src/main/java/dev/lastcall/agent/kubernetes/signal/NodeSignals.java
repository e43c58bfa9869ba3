// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.KubernetesApi;
import dev.lastcall.agent.kubernetes.ListWatch;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The signals on the node's own object, as a source of notices. A watch brings each change at once; while it is open and silent,
 * nothing has changed, and what was seen last is reported again at its pace. Before a signal counts as gone the object is read
 * several times. What keeps the object from being read is unknown and never absent, and so is an object that is not there.
 *
 * <p>A node that was deleted and is registered again has an object with another uid. That the new one lacks a signal of
 * the old one says nothing before the deadline of that signal has passed: who wrote it may not have seen the new one yet.
 *
 * <p>Thread-safe.
 */
public final class NodeSignals implements NoticeSource {

    /** The source's name. */
    public static final String NAME = "node-signals";

    /** While the watch is open, what was seen last is reported again so often. */
    static final Duration PACE = Duration.ofSeconds(10);

    /** Between two looks of those that decide whether a signal is gone. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** So many looks follow where something is gone, and the start; the board needs {@link NoticeBoard#WITHDRAWAL_ABSENCES}. */
    static final int LOOKS = NoticeBoard.WITHDRAWAL_ABSENCES + 2;

    private static final Duration LOOK_BOUND = Duration.ofSeconds(3);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final KubernetesApi api;
    private final String node;
    private final String path;
    private final Role role;
    private final SignalReader reader;
    private final NodeClock clock;
    private final Duration pace;

    private volatile @Nullable Running running;
    private volatile boolean closed;
    private volatile boolean lookWanted;

    private final ReentrantLock lock = new ReentrantLock();
    // All below is guarded by lock.
    private final Map<NoticeKey, Borne> borne = new LinkedHashMap<>();
    private Known known = new Known.None();
    private long changes;
    private int looksLeft = LOOKS;

    /** What is known of the node's object. */
    private sealed interface Known {

        /** Nothing yet. */
        record None() implements Known {}

        /** It is there, and this is what of it rules can look at. */
        record There(ObjectNode object) implements Known {}

        /** It is not there: it was deleted, or is not registered yet. */
        record Gone() implements Known {}
    }

    /** A notice and the uid of the object that it was read from. */
    private record Borne(Notice notice, String uid) {}

    /** What runs from {@link #start} to {@link #close}; read without the lock, which is held while the board is called. */
    private record Running(ObservationSink sink, ListWatch watch, SupervisedLoop loop) {}

    /** The source of one node's signals; nothing is asked yet. */
    public NodeSignals(KubernetesApi api, String node, SignalSettings settings, NodeClock clock) {
        this(api, node, settings, clock, PACE);
    }

    NodeSignals(KubernetesApi api, String node, SignalSettings settings, NodeClock clock, Duration pace) {
        this.api = api;
        this.node = node;
        this.path = "/api/v1/nodes/" + node;
        this.role = settings.onlySource() ? Role.DECISIVE : Role.SUPPORTING;
        this.reader = new SignalReader(NAME, settings.rules(), clock);
        this.clock = clock;
        this.pace = pace;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration lookInterval() {
        return pace;
    }

    @Override
    public Role role() {
        return role;
    }

    @Override
    public void start(ObservationSink sink) {
        ListWatch watch = new ListWatch(api, "/api/v1/nodes", Map.of("fieldSelector", "metadata.name=" + node), clock,
                new Followed(), sink.loops());
        SupervisedLoop loop = new SupervisedLoop("source-" + NAME, clock, sink.loops(), this::round);
        running = new Running(sink, watch, loop);
        if (closed) {
            return;
        }
        watch.start();
        loop.start();
    }

    /** What the watch brings. */
    private final class Followed implements ListWatch.Sink {
        @Override
        public void put(JsonNode one) {
            locked(() -> changed(one));
        }

        @Override
        public void remove(JsonNode one) {
            locked(NodeSignals.this::gone);
        }

        @Override
        public void retain(Set<String> uids) {
            locked(() -> {
                if (uids.isEmpty()) {
                    gone();
                }
            });
        }

        @Override
        public void followed() {
            locked(NodeSignals.this::wake);
        }
    }

    private Next round() throws InterruptedException {
        Running now = running;
        if (now == null) {
            return Next.OVER;
        }
        long before;
        lock.lockInterruptibly();
        try {
            Optional<ApiReply> failure = now.watch().failure();
            if (failure.isPresent()) {
                unknown(failure.get());
                return Next.after(pace);
            }
            looksLeft = lookWanted ? Math.max(1, looksLeft) : looksLeft;
            lookWanted = false;
            if (!(known instanceof Known.There) || looksLeft == 0) {
                repeat();
                return Next.after(known instanceof Known.None ? LOOK : pace);
            }
            before = changes;
        } finally {
            lock.unlock();
        }
        ApiReply reply = api.call(Call.get(path).within(LOOK_BOUND));
        locked(() -> looked(reply, before));
        return Next.after(LOOK);
    }

    /** One look more. What the watch has brought meanwhile is newer than it. */
    private void looked(ApiReply reply, long before) {
        if (changes != before) {
            return;
        }
        if (reply instanceof ApiReply.Ok(JsonNode read)) {
            looksLeft = Math.max(0, looksLeft - 1);
            saw(read);
        } else if (reply instanceof ApiReply.Refused refused && refused.isAbsence("nodes", node)) {
            gone();
        } else {
            unknown(reply);
        }
    }

    private void changed(JsonNode read) {
        changes++;
        boolean first = !(known instanceof Known.There);
        saw(read);
        if (first) {
            wake();
        }
    }

    private void saw(JsonNode read) {
        if (read.path("metadata").path("name").asString("").equals(node)) {
            known = new Known.There(relevant(read));
            repeat();
        } else {
            unknown(MetadataProblem.Kind.MALFORMED, "get " + path + ": the answer is not this node's object");
        }
    }

    /** That there is no object is no word of a signal: neither that it is there nor that it is gone. */
    private void gone() {
        changes++;
        known = new Known.Gone();
        looksLeft = LOOKS;
        repeat();
    }

    /** With the lock held, as all that reports: the board hears of what was seen in the order in which it was seen. */
    private void repeat() {
        switch (known) {
            case Known.None _ -> {
            }
            case Known.There(ObjectNode object) -> report(object);
            case Known.Gone _ ->
                unknown(MetadataProblem.Kind.UNREACHABLE, "get " + path + ": there is no object of this node");
        }
    }

    private void report(ObjectNode read) {
        SignalReader.Read seen;
        try {
            seen = reader.read(read);
        } catch (RuntimeException fault) {
            unknown(MetadataProblem.Kind.MALFORMED, "the look itself failed: " + fault);
            throw fault;
        }
        remember(seen, read.path("metadata").path("uid").asString(""));
        if (borne.isEmpty() && !seen.undecided().isEmpty()) {
            unknown(MetadataProblem.Kind.MALFORMED,
                    "get " + path + ": " + String.join("; ", seen.undecided().values()));
        } else {
            observe(Observation.of(borne.values().stream().map(Borne::notice).toList()));
        }
    }

    /** What was borne before and is not seen now is gone, unless this object cannot say so. */
    private void remember(SignalReader.Read seen, String uid) {
        Map<NoticeKey, Borne> before = new LinkedHashMap<>(borne);
        borne.clear();
        seen.notices().forEach(notice -> borne.put(notice.key(), new Borne(notice, uid)));
        boolean less = false;
        for (Borne one : before.values()) {
            NoticeKey key = one.notice().key();
            boolean undecided = seen.undecided().containsKey(key.eventId());
            boolean ofAnother = !one.uid().equals(uid) && isAhead(one.notice());
            if (undecided || ofAnother) {
                borne.putIfAbsent(key, one);
            } else {
                less |= !borne.containsKey(key);
            }
        }
        if (less) {
            looksLeft = LOOKS;
            wake();
        }
    }

    private boolean isAhead(Notice notice) {
        Deadline deadline = notice.deadline();
        return deadline != null && !(notice.finality() instanceof Finality.Advisory) && !deadline.hasPassed(clock);
    }

    private void unknown(ApiReply reply) {
        unknown(switch (reply) {
            case ApiReply.Refused refused when refused.status() == 401 || refused.status() == 403 ->
                MetadataProblem.Kind.DENIED;
            case ApiReply.Refused _ -> MetadataProblem.Kind.SERVER_ERROR;
            case ApiReply.TooLarge _,ApiReply.Ok _ -> MetadataProblem.Kind.MALFORMED;
            case ApiReply.Unreachable _ -> MetadataProblem.Kind.UNREACHABLE;
        }, reply.problem());
    }

    private void unknown(MetadataProblem.Kind kind, String message) {
        observe(new Observation.Unknown(new MetadataProblem(kind, message)));
    }

    private void observe(Observation observation) {
        Running now = running;
        if (now != null) {
            now.sink().observe(NAME, observation);
        }
    }

    private void wake() {
        Running now = running;
        if (now != null) {
            now.loop().wake();
        }
    }

    /** What rules can look at; a node's object also lists hundreds of images. */
    private static ObjectNode relevant(JsonNode read) {
        ObjectNode kept = JSON.createObjectNode();
        ObjectNode metadata = kept.putObject("metadata");
        List.of("uid", "labels", "annotations").forEach(key -> copy(read.path("metadata"), key, metadata));
        copy(read.path("spec"), "taints", kept.putObject("spec"));
        copy(read.path("status"), "conditions", kept.putObject("status"));
        return kept;
    }

    private static void copy(JsonNode from, String key, ObjectNode to) {
        if (from.has(key)) {
            to.set(key, from.path(key));
        }
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void lookNow() {
        lookWanted = true;
        wake();
    }

    @Override
    public boolean isRunning() {
        Running now = running;
        return now != null && now.watch().isRunning() && now.loop().isRunning();
    }

    @Override
    public void close() {
        closed = true;
        Running now = running;
        if (now != null) {
            now.watch().close();
            now.loop().close();
        }
        running = null;
    }
}
