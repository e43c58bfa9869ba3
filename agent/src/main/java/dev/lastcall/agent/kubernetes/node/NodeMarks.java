// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.ClusterEvents;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The marks on this node's object. Hears the notice board; returns at once, and never throws for what the cluster does.
 * Thread-safe.
 */
public final class NodeMarks implements NoticeEvent.Listener, AutoCloseable {

    /** While a notice is active the node's object is looked at so often: one that is made again has no marks. */
    static final Duration LOOK_AT_NOTICE = Duration.ofSeconds(5);

    /** In quiet it is looked at so often at most. */
    static final Duration LOOK_IN_QUIET = Duration.ofMinutes(30);

    private static final ApiReply NOTHING_TO_DO = new ApiReply.Ok(JsonMapper.builder().build().createObjectNode());

    private final ApiCalls api;
    private final NodeMarkSettings settings;
    private final String path;
    private final NodeClock clock;
    private final ClusterEvents events;
    private final NodeMark<Wanted> condition;
    private final NodeMark<Wanted> placement;
    private final NodeMark<Boolean> warm;
    private final NodeMark<Protection> protection;
    private volatile @Nullable FirstMark firstMark;
    private volatile boolean closed;
    private boolean noticeActive; // guarded by this
    private boolean looking; // guarded by this
    private long lookedAt; // guarded by this

    /** What the marks are to say. */
    private sealed interface Wanted {
        record Marked(Mark mark) implements Wanted {}

        record Clear() implements Wanted {}
    }

    /** The mark of a reclamation as it was made first: made a second time it could differ by a second, and be sent again. */
    private record FirstMark(Reclamation reclamation, Mark mark) {}

    /** Makes the marks of one node; touches nothing yet. */
    public NodeMarks(ApiCalls api, NodeMarkSettings settings, ClusterEvents events, NodeClock clock) {
        this.api = api;
        this.settings = settings;
        this.path = "/api/v1/nodes/" + settings.node();
        this.clock = clock;
        this.events = events;
        this.condition = new NodeMark<>("node condition", clock, this::condition, Wanted.Marked.class::isInstance);
        this.placement = new NodeMark<>("node taint and cordon", clock, this::placement,
                Wanted.Marked.class::isInstance);
        this.warm = new NodeMark<>("cold taint", clock, _ -> change(NodePatch::warm), _ -> false);
        this.protection = new NodeMark<>("node condition " + NodePatch.PROTECTED, clock, this::say, _ -> false);
        this.lookedAt = clock.nanoTime();
    }

    /** Takes away what a former life of this node has left. Called once, where no drain goes on. */
    public void clean() {
        condition.want(new Wanted.Clear());
        placement.want(new Wanted.Clear());
    }

    /** The models of this node are here: the cold taint goes. */
    public void warm() {
        warm.want(true);
    }

    /** Says on the node whether it is protected, from now on. */
    public void protection(Protection now) {
        protection.want(now);
    }

    /**
     * The agent ends: what it said of the node's protection is taken back, because the node would bear it for ever. Waits
     * {@code bound} at most for a call that is under way, so that it does not come after the last one, and as long for that;
     * without effect where nothing was said.
     */
    public void unsay(Duration bound) {
        boolean isKnown = protection.end(bound);
        if (!isKnown || protection.isBorne()) {
            api.call(Call.strategicPatch(path + "/status",
                    NodePatch.protection(new Protection.Unsaid(), clock.wallTime())).within(bound));
        }
    }

    /**
     * Has the condition on its way ahead of all that {@link #on} brings for the same event: it is the one mark that needs no
     * look at the node, and the controller that replaces the node waits for it.
     */
    public void ahead(NoticeEvent.Noticed event) {
        condition.want(new Wanted.Marked(of(event.reclamation())));
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Noticed(Reclamation reclamation, boolean restored) -> {
                Mark mark = mark(reclamation);
                if (!restored && settings.events()) {
                    events.leave(ClusterEvents.Subject.node(settings.node()), ClusterEvents.Type.WARNING, mark.reason(),
                            mark.message());
                }
            }
            case NoticeEvent.DeadlineMoved(Reclamation reclamation) -> mark(reclamation);
            case NoticeEvent.Withdrawn _ -> {
                setNoticeActive(false);
                clean();
                if (settings.events()) {
                    events.leave(ClusterEvents.Subject.node(settings.node()), ClusterEvents.Type.NORMAL,
                            "LastcallWithdrawn", "The notice is withdrawn; this node stays.");
                }
            }
            case NoticeEvent.Advised(Notice _),NoticeEvent.AdviceCleared(Notice _) -> {
            }
        }
    }

    private Mark mark(Reclamation reclamation) {
        Mark mark = of(reclamation);
        condition.want(new Wanted.Marked(mark));
        placement.want(new Wanted.Marked(mark));
        setNoticeActive(true);
        return mark;
    }

    private Mark of(Reclamation reclamation) {
        FirstMark known = firstMark;
        if (known == null || !known.reclamation.equals(reclamation)) {
            known = new FirstMark(reclamation, Mark.of(reclamation, clock));
            firstMark = known;
        }
        return known.mark;
    }

    private synchronized void setNoticeActive(boolean now) {
        noticeActive = now;
        if (now && !looking && !closed) {
            looking = true;
            Thread.ofVirtual().name("kubernetes node look").start(this::lookWhileNoticeActive);
        }
    }

    private void lookWhileNoticeActive() {
        try {
            do {
                clock.sleep(LOOK_AT_NOTICE);
            } while (lookOnce());
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks unless the notice is over; whether to go on. */
    private boolean lookOnce() {
        synchronized (this) {
            looking = noticeActive && !closed;
            if (!looking) {
                return false;
            }
        }
        look();
        return true;
    }

    /** The cluster is reached: a look at the node is due where the last one was long ago. Blocks for one call. */
    public void lookInQuiet() {
        synchronized (this) {
            if (closed || clock.nanoTime() - lookedAt < LOOK_IN_QUIET.toNanos()) {
                return;
            }
        }
        look();
    }

    /** Finds out whether the node's object is another one than that which bears the marks. */
    private void look() {
        ApiReply read = api.call(Call.get(path));
        synchronized (this) {
            lookedAt = clock.nanoTime();
        }
        if (read instanceof ApiReply.Ok(JsonNode node)) {
            String uid = NodeMark.uid(node);
            marks().forEach(mark -> mark.isOn(uid));
        }
    }

    private List<NodeMark<?>> marks() {
        return List.of(condition, placement, warm, protection);
    }

    private ApiReply condition(Wanted wanted) {
        return switch (wanted) {
            case Wanted.Marked(Mark mark) -> settings.conditions().isEmpty()
                    ? NOTHING_TO_DO
                    : api.call(Call.strategicPatch(path + "/status",
                            NodePatch.conditions(settings.conditions(), mark, clock.wallTime())));
            case Wanted.Clear _ -> {
                ApiReply read = api.call(Call.get(path));
                yield read instanceof ApiReply.Ok(JsonNode node)
                        ? NodePatch.withoutConditions(node)
                                .map(patch -> api.call(Call.strategicPatch(path + "/status", patch)))
                                .orElse(read)
                        : read;
            }
        };
    }

    private ApiReply say(Protection wanted) {
        return api.call(Call.strategicPatch(path + "/status", NodePatch.protection(wanted, clock.wallTime())));
    }

    private ApiReply placement(Wanted wanted) {
        return switch (wanted) {
            case Wanted.Marked(Mark mark) -> change(
                    node -> NodePatch.interrupted(node, mark, settings.taint(), settings.cordon()));
            case Wanted.Clear _ -> change(NodePatch::released);
        };
    }

    private ApiReply change(Function<JsonNode, Optional<JsonNode>> patch) {
        ApiReply read = api.call(Call.get(path));
        return read instanceof ApiReply.Ok(JsonNode node)
                ? patch.apply(node).map(body -> api.call(Call.mergePatch(path, body))).orElse(read)
                : read;
    }

    /** What is not as it should be, by the mark that it concerns. */
    public Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        marks().forEach(mark -> mark.problem().ifPresent(problem -> problems.put(mark.name(), problem)));
        return new TreeMap<>(problems);
    }

    @Override
    public void close() {
        closed = true;
        marks().forEach(NodeMark::close);
    }
}
