// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.outbound;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.KubernetesSettings;
import dev.lastcall.agent.drain.DrainPolicy;
import dev.lastcall.agent.kubernetes.ApiServerUrl;
import dev.lastcall.agent.kubernetes.ApiTally;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.ClusterEvents;
import dev.lastcall.agent.kubernetes.KubernetesApi;
import dev.lastcall.agent.kubernetes.ListWatch;
import dev.lastcall.agent.kubernetes.ServiceAccount;
import dev.lastcall.agent.kubernetes.node.NodeMarks;
import dev.lastcall.agent.kubernetes.node.NodePrewarm;
import dev.lastcall.agent.kubernetes.pod.PodPrewarm;
import dev.lastcall.agent.kubernetes.pod.PodServer;
import dev.lastcall.agent.kubernetes.pod.PodServerFactory;
import dev.lastcall.agent.kubernetes.pod.PodServers;
import dev.lastcall.agent.kubernetes.pod.PodSettings;
import dev.lastcall.agent.kubernetes.signal.NodeSignals;
import dev.lastcall.agent.notices.FoundCloud;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.gcp.GcpSettings;
import io.vertx.core.Vertx;
import tools.jackson.databind.JsonNode;

/**
 * The agent's part in a Kubernetes cluster: marks on the node, and the node's pods as servers. Loaded only where it is
 * configured. Hears the board after the drains have closed their doors, but for the node's condition, which it only has sent;
 * nothing of a local server's drain waits for it. Thread-safe.
 */
public final class Cluster implements NoticeEvent.Listener, AutoCloseable {

    /** An agent that ends takes its word of the node's protection back for so long at most. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    /** Pods that are not followed for less are as well known as ever: watches end, and are taken up again. */
    private static final Duration TOLERATED = Duration.ofSeconds(10);

    private final boolean dryRun;
    private final KubernetesApi api;
    private final NodeMarks marks;
    private final PodServers pods;
    private final ListWatch watch;
    private final Optional<NodeSignals> signals;
    private final Runnable rehearsal;
    private final NodeClock clock;
    private final LoopObserver loops;
    private final AtomicReference<Supplier<Cloud>> cloud;
    private Optional<NodeProtection> protection = Optional.empty(); // set before start

    private Cluster(boolean dryRun, KubernetesApi api, NodeMarks marks, PodServers pods, ListWatch watch,
            Optional<NodeSignals> signals, Runnable rehearsal, AtomicReference<Supplier<Cloud>> cloud, Parts parts) {
        this.dryRun = dryRun;
        this.api = api;
        this.marks = marks;
        this.pods = pods;
        this.watch = watch;
        this.signals = signals;
        this.rehearsal = rehearsal;
        this.cloud = cloud;
        this.clock = parts.clock();
        this.loops = parts.loops();
    }

    /** What of the agent the cluster needs. */
    public record Parts(Vertx vertx, LocalHttp http, KindRecognizer recognizer, NodeClock clock, LoopObserver loops,
            DrainPolicy policy) {}

    /**
     * Makes it; nothing is asked yet.
     *
     * @param added takes a pod to drain; must not block
     * @param removed takes the name of one that is gone; must not block
     * @throws IOException if it is not known where the API server is
     */
    public static Cluster of(AgentConfig config, KubernetesSettings kubernetes, Parts parts, Consumer<PodServer> added,
            Consumer<String> removed) throws IOException {
        NodeClock clock = parts.clock();
        URI url = kubernetes.apiServer()
                .or(() -> ApiServerUrl.inCluster(System.getenv()))
                .orElseThrow(() -> new IOException("kubernetes.node is set, but this is no pod: set "
                        + "kubernetes.apiServer, or leave the section out"));
        KubernetesApi api = new KubernetesApi(parts.vertx(), url, new ServiceAccount(kubernetes.serviceAccount(),
                clock), parts.http().budget());
        ClusterEvents events = new ClusterEvents(api, kubernetes.node(), clock);
        NodeMarks marks = new NodeMarks(api, kubernetes.marks(), events, clock);
        AtomicReference<Supplier<Cloud>> cloud = new AtomicReference<>(() -> Cloud.NONE);
        PodServerFactory factory = new PodServerFactory(api, kubernetes.pods(),
                () -> lead(config.sources().gcp(), cloud.get().get()), parts.http(), parts.recognizer(), clock,
                parts.loops());
        PodServers pods = new PodServers(kubernetes.pods(), factory, events, clock,
                (window, needs) -> parts.policy().budget(window, needs).killAt(), new PodServers.Listener() {
                    @Override
                    public void added(PodServer server) {
                        added.accept(server);
                    }

                    @Override
                    public void removed(String server) {
                        removed.accept(server);
                    }
                });
        ListWatch watch = new ListWatch(api, "/api/v1/pods",
                Map.of("fieldSelector", "spec.nodeName=" + kubernetes.node()), clock,
                new Followed(pods, config.drain().dryRun() ? () -> {} : marks::lookInQuiet), parts.loops());
        Optional<NodeSignals> signals = kubernetes.signals().rules().isEmpty()
                ? Optional.empty()
                : Optional.of(new NodeSignals(api, kubernetes.node(), kubernetes.signals(), clock));
        return new Cluster(config.drain().dryRun(), api, marks, pods, watch, signals, () -> {
            PodPrewarm.run(factory);
            NodePrewarm.run(api, kubernetes.marks(), clock);
        }, cloud, parts);
    }

    /** The pods, and a look at the node's own object whenever the cluster is reached after a while. */
    private record Followed(ListWatch.Sink pods, Runnable look) implements ListWatch.Sink {

        @Override
        public void put(JsonNode one) {
            pods.put(one);
        }

        @Override
        public void remove(JsonNode one) {
            pods.remove(one);
        }

        @Override
        public void retain(Set<String> uids) {
            pods.retain(uids);
        }

        @Override
        public void followed() {
            look.run();
        }
    }

    /** How long before the node's deadline the kubelet ends ordinary pods, as far as the cloud is known for it. */
    private static Duration lead(GcpSettings gcp, Cloud cloud) {
        return cloud == Cloud.GCP && gcp.preemptionNotice().compareTo(GcpSettings.PREEMPTION_NOTICE) <= 0
                ? PodSettings.GKE_SYSTEM_SHARE
                : Duration.ZERO;
    }

    /**
     * Begins to follow the pods, once the cloud was asked for: how much of the window is theirs depends on it.
     *
     * @param draining whether a drain goes on from before; its marks stay then, and are renewed
     * @param found which cloud this is
     */
    public void start(boolean draining, FoundCloud found) {
        if (!draining && !dryRun) {
            marks.clean();
            Thread.ofVirtual().name("rehearsal").start(rehearsal);
        }
        if (!dryRun) {
            protection.ifPresent(NodeProtection::start);
        }
        new SupervisedLoop("pods", clock, loops, () -> {
            found.await();
            cloud.set(found::now);
            watch.start();
            return SupervisedLoop.Next.OVER;
        }).start();
    }

    /** What of the cluster is a source of notices; whose it is to start and to close it. */
    Optional<NodeSignals> signals() {
        return signals;
    }

    /** The models of this node are here. */
    void warm() {
        if (!dryRun) {
            marks.warm();
        }
    }

    /** What the cluster hears of a notice before any other listener does. */
    public void ahead(NoticeEvent event) {
        if (!dryRun && event instanceof NoticeEvent.Noticed noticed) {
            marks.ahead(noticed);
        }
    }

    /** A notice from before a restart of the agent is confirmed. */
    public void confirmed() {
        if (!dryRun) {
            pods.confirmed();
        }
    }

    @Override
    public void on(NoticeEvent event) {
        if (!dryRun) {
            marks.on(event);
            pods.on(event);
        }
    }

    /** Has what an operator should know shown on {@code board}. */
    public void report(ConditionBoard board) {
        protection = Optional.of(new NodeProtection(board, marks::protection, clock, loops));
        board.watch(ConditionCode.PODS_UNKNOWN, () -> watch.lastingProblem(TOLERATED)
                .map(problem -> List.of(Condition.of(ConditionCode.PODS_UNKNOWN, "kubernetes",
                        "the pods of this node are not followed: " + problem)))
                .orElse(List.of()));
        board.watch(ConditionCode.FORBIDDEN, () -> all(ConditionCode.FORBIDDEN, api.tally().forbidden()));
        board.watch(ConditionCode.UNMARKED, () -> all(ConditionCode.UNMARKED, marks.problems()));
        board.watch(ConditionCode.BAD_ANNOTATION, () -> all(ConditionCode.BAD_ANNOTATION, pods.complaints()));
        board.watch(ConditionCode.UNKNOWN_ACCELERATOR, () -> all(ConditionCode.UNKNOWN_ACCELERATOR,
                pods.unknownResources()));
    }

    private static List<Condition> all(ConditionCode code, Map<String, String> messages) {
        List<Condition> conditions = new ArrayList<>();
        messages.forEach((subject, message) -> conditions.add(Condition.of(code, subject, message)));
        return conditions;
    }

    /** Adds the calls to the meters. */
    public void measure(Metrics metrics) {
        for (Call.Verb verb : Call.Verb.values()) {
            for (ApiTally.Outcome outcome : ApiTally.Outcome.values()) {
                metrics.kubernetesCalls(verb.label(), outcome.label(), () -> api.tally().count(verb, outcome));
            }
        }
    }

    @Override
    public void close() {
        watch.close();
        protection.ifPresent(NodeProtection::close);
        marks.unsay(FAREWELL);
        marks.close();
        pods.close();
        api.close();
    }
}
