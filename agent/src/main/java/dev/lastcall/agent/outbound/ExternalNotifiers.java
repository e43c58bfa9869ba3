// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.outbound;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.KubernetesSettings;
import dev.lastcall.agent.drain.DrainRecord;
import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.kubernetes.pod.PodServer;
import dev.lastcall.agent.notices.FoundCloud;
import dev.lastcall.agent.relay.NoticeRelay;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.webhook.Webhook;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.SupervisedLoop;
import org.jspecify.annotations.Nullable;

/**
 * Who outside this process hears of notices, as far as configured: gates in pods, the cluster, a webhook. Thread-safe.
 */
public final class ExternalNotifiers implements AutoCloseable {

    private static final Duration WARM_LOOK = Duration.ofSeconds(2);

    private final Optional<NoticeRelay> relay;
    private final Optional<Cluster> cluster;
    private final Optional<Webhook> webhook;
    private final NodeClock clock;
    private final LoopObserver loops;
    private final boolean dryRun;
    private volatile @Nullable SupervisedLoop cold;

    private ExternalNotifiers(Optional<NoticeRelay> relay, Optional<Cluster> cluster, Optional<Webhook> webhook,
            NodeClock clock, LoopObserver loops, boolean dryRun) {
        this.loops = loops;
        this.dryRun = dryRun;
        this.relay = relay;
        this.cluster = cluster;
        this.webhook = webhook;
        this.clock = clock;
    }

    /**
     * Makes what is configured; nothing is asked yet.
     *
     * @param added takes a pod to drain; must not block
     * @param removed takes the name of one that is gone; must not block
     * @throws IOException if it is not known where the cluster is
     */
    public static ExternalNotifiers of(AgentConfig config, Cluster.Parts parts, Consumer<PodServer> added,
            Consumer<String> removed)
            throws IOException {
        KubernetesSettings kubernetes = config.kubernetes();
        Optional<Cluster> cluster = kubernetes == null
                ? Optional.empty()
                : Optional.of(Cluster.of(config, kubernetes, parts, added, removed));
        return new ExternalNotifiers(
                Optional.ofNullable(config.relaySocket())
                        .map(socket -> new NoticeRelay(parts.vertx(), socket, parts.clock())),
                cluster,
                Optional.ofNullable(config.webhook())
                        .map(wanted -> new Webhook(parts.vertx(), wanted,
                                kubernetes == null ? HostName.read() : kubernetes.node(), parts.clock())),
                parts.clock(), parts.loops(), config.drain().dryRun());
    }

    /**
     * Who hears the board, doors first. In a dry run the relay and the webhook hear nothing: a gate in a pod would close, and
     * the webhook's receiver would act.
     */
    public List<NoticeEvent.Listener> listeners() {
        if (dryRun) {
            return cluster.<List<NoticeEvent.Listener>>map(List::of).orElse(List.of());
        }
        List<NoticeEvent.Listener> listeners = new ArrayList<>();
        relay.ifPresent(listeners::add);
        cluster.ifPresent(listeners::add);
        webhook.ifPresent(listeners::add);
        return listeners;
    }

    /**
     * Listeners that hear of a notice even before the doors, because they cost no more than the start of a thread. All of it goes
     * through one event loop: the doors in pods first, then the mark on the node.
     */
    public List<NoticeEvent.Listener> ahead() {
        if (dryRun) {
            return List.of();
        }
        List<NoticeEvent.Listener> ahead = new ArrayList<>();
        relay.ifPresent(ahead::add);
        cluster.ifPresent(one -> ahead.add(one::ahead));
        return ahead;
    }

    /** What of those outside is a source of notices as well; the one that takes them starts and closes them. */
    public List<NoticeSource> sources() {
        return cluster.flatMap(Cluster::signals).<List<NoticeSource>>map(List::of).orElse(List.of());
    }

    /** A notice from before a restart of the agent is confirmed. */
    public void confirmed() {
        cluster.ifPresent(Cluster::confirmed);
    }

    /** Whether this agent's servers are the pods of its node. */
    public boolean hasCluster() {
        return cluster.isPresent();
    }

    public void measure(Metrics metrics) {
        cluster.ifPresent(one -> one.measure(metrics));
    }

    /** Notifies the webhook of a drain that has ended. */
    public void on(DrainTransition transition) {
        DrainRecord ended = transition.record();
        if (ended != null && !ended.dryRun()) {
            webhook.ifPresent(hook -> hook.drained(ended.server(), ended.outcome(), ended.detectedAt()));
        }
    }

    /**
     * Begins.
     *
     * @param draining whether a drain goes on from before
     * @param warm whether the models of this node are here
     * @param cloud which cloud this is
     * @throws IOException if the relay's socket cannot be had
     */
    public void open(boolean draining, BooleanSupplier warm, FoundCloud cloud) throws IOException {
        if (relay.isPresent()) {
            relay.get().open();
        }
        cluster.ifPresent(one -> {
            one.start(draining, cloud);
            SupervisedLoop loop = new SupervisedLoop("cold-taint", clock, loops, () -> awaitWarm(one, warm));
            cold = loop;
            loop.start();
        });
    }

    private static SupervisedLoop.Next awaitWarm(Cluster one, BooleanSupplier warm) {
        if (!warm.getAsBoolean()) {
            return SupervisedLoop.Next.after(WARM_LOOK);
        }
        one.warm();
        return SupervisedLoop.Next.OVER;
    }

    /** Has what an operator should know of the cluster shown on {@code board}. */
    public void report(ConditionBoard board) {
        cluster.ifPresent(one -> one.report(board));
    }

    @Override
    public void close() {
        SupervisedLoop loop = cold;
        if (loop != null) {
            loop.end();
        }
        cluster.ifPresent(Cluster::close);
        relay.ifPresent(NoticeRelay::close);
        webhook.ifPresent(Webhook::close);
    }
}
