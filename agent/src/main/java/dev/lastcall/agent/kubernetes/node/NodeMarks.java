// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.ClusterEvents;
import dev.lastcall.agent.kubernetes.Convergence;
import dev.lastcall.agent.kubernetes.Persistence;
import dev.lastcall.agent.kubernetes.Reply;
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

    private static final Reply NOTHING_TO_DO = new Reply.Ok(JsonMapper.builder().build().createObjectNode());

    private final ApiCalls api;
    private final NodeMarkSettings settings;
    private final String path;
    private final NodeClock clock;
    private final ClusterEvents events;
    private final Convergence<Wanted> condition;
    private final Convergence<Wanted> placement;
    private final Convergence<Boolean> warm;
    private volatile @Nullable Told told;

    /** What the marks are to say. */
    private sealed interface Wanted {
        record Marked(Mark mark) implements Wanted {}

        record Clear() implements Wanted {}
    }

    /** The mark of a reclamation as it was told first: made a second time it could differ by a second, and be sent again. */
    private record Told(Reclamation reclamation, Mark mark) {}

    /** Makes the marks of one node; touches nothing yet. */
    public NodeMarks(ApiCalls api, NodeMarkSettings settings, ClusterEvents events, NodeClock clock) {
        this.api = api;
        this.settings = settings;
        this.path = "/api/v1/nodes/" + settings.node();
        this.clock = clock;
        this.events = events;
        Persistence persistence = Persistence.eager(clock);
        this.condition = new Convergence<>("node condition", persistence, this::condition);
        this.placement = new Convergence<>("node taint and cordon", persistence, this::placement);
        this.warm = new Convergence<>("cold taint", persistence, _ -> change(NodePatch::warm));
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

    /**
     * Has the condition on its way ahead of all that {@link #on} brings for the same event: it is the one mark that needs no
     * look at the node, and whoever replaces the node waits for it.
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
        return mark;
    }

    private Mark of(Reclamation reclamation) {
        Told known = told;
        if (known == null || !known.reclamation.equals(reclamation)) {
            known = new Told(reclamation, Mark.of(reclamation, clock));
            told = known;
        }
        return known.mark;
    }

    private Reply condition(Wanted wanted) {
        return switch (wanted) {
            case Wanted.Marked(Mark mark) -> settings.conditions().isEmpty()
                    ? NOTHING_TO_DO
                    : api.call(Call.strategicPatch(path + "/status",
                            NodePatch.conditions(settings.conditions(), mark, clock.wallTime())));
            case Wanted.Clear _ -> {
                Reply read = api.call(Call.get(path));
                yield read instanceof Reply.Ok(JsonNode node)
                        ? NodePatch.withoutConditions(node)
                                .map(patch -> api.call(Call.strategicPatch(path + "/status", patch)))
                                .orElse(read)
                        : read;
            }
        };
    }

    private Reply placement(Wanted wanted) {
        return switch (wanted) {
            case Wanted.Marked(Mark mark) -> change(
                    node -> NodePatch.interrupted(node, mark, settings.taint(), settings.cordon()));
            case Wanted.Clear _ -> change(NodePatch::released);
        };
    }

    private Reply change(Function<JsonNode, Optional<JsonNode>> patch) {
        Reply read = api.call(Call.get(path));
        return read instanceof Reply.Ok(JsonNode node)
                ? patch.apply(node).map(body -> api.call(Call.mergePatch(path, body))).orElse(read)
                : read;
    }

    /** What is not as it should be, by the mark that it concerns. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        List<String> names = new ArrayList<>(List.of("node condition", "node taint and cordon", "cold taint"));
        for (Convergence<?> one : List.of(condition, placement, warm)) {
            String name = names.removeFirst();
            one.problem().ifPresent(problem -> problems.put(name, problem));
        }
        return problems;
    }

    @Override
    public void close() {
        condition.close();
        placement.close();
        warm.close();
    }
}
