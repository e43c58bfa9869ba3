// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.lastcall.agent.kubernetes.node.NodeMarkSettings;
import dev.lastcall.agent.kubernetes.node.NodeMarks;
import dev.lastcall.agent.kubernetes.pod.PodServer;
import dev.lastcall.agent.kubernetes.pod.PodServerFactory;
import dev.lastcall.agent.kubernetes.pod.PodServers;
import dev.lastcall.agent.kubernetes.pod.PodSettings;
import dev.lastcall.agent.kubernetes.signal.NodeSignals;
import dev.lastcall.agent.kubernetes.signal.SignalPreset;
import dev.lastcall.agent.kubernetes.signal.SignalSettings;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;

/** Makes the agent's Kubernetes part do everything that it can do, and returns the permissions that this used. */
final class UsedPermissions {

    private UsedPermissions() {}

    static Set<String> ofANoticeAndAllThatFollows() throws Exception {
        Vertx vertx = Vertx.vertx();
        NodeClock clock = NodeClock.system();
        try (FakeCluster cluster = FakeCluster.start();
                var api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), clock));
                var http = new LocalHttp(vertx)) {
            cluster.put(SampleObjects.nodeYaml("gpu-1"));
            cluster.put(SampleObjects.podYaml(Map.of())
                    .replace("labels: {", "annotations: {lastcall.dev/hold: \"true\"}\n  labels: {")
                    .replace("spec:", "spec:\n  readinessGates: [{conditionType: lastcall.dev/open}]"));
            cluster.disruptionBudget(0);
            cluster.fail("create pods/eviction", 1, 409, "");
            var events = new ClusterEvents(api, "gpu-1", clock);
            var factory = new PodServerFactory(api, PodSettings.DEFAULT, () -> Duration.ZERO, http,
                    new KindRecognizer(http), clock,
                    LoopObserver.NONE);
            try (var marks = new NodeMarks(api, NodeMarkSettings.of("gpu-1"), events, clock);
                    var pods = new PodServers(PodSettings.DEFAULT, factory, events, clock,
                            (left, needs) -> Duration.ofSeconds(4), new PodServers.Listener() {
                                @Override
                                public void added(PodServer server) {}

                                @Override
                                public void removed(String server) {}
                            });
                    var watch = new ListWatch(api, "/api/v1/pods", Map.of("fieldSelector", "spec.nodeName=gpu-1"),
                            clock, pods, LoopObserver.NONE)) {
                marks.clean();
                watch.start();
                await(cluster, "patch pods/status");
                await(cluster, "watch pods");
                var notice = new NoticeEvent.Noticed(reclamation(clock));
                marks.on(notice);
                pods.on(notice);
                await(cluster, "get pods");
                await(cluster, "delete pods");
                await(cluster, "patch nodes");
                await(cluster, "patch nodes/status");
                await(cluster, "create events");
            }
            return cluster.asked()
                    .stream()
                    .map(FakeCluster.Asked::permission)
                    .collect(
                            Collectors.toCollection(TreeSet::new));
        } finally {
            vertx.close().await();
        }
    }

    /** From the start to a signal that is gone again. */
    static Set<String> ofSignalsOnTheNode() throws Exception {
        Vertx vertx = Vertx.vertx();
        NodeClock clock = NodeClock.system();
        try (FakeCluster cluster = FakeCluster.start();
                var api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), clock));
                var signals = new NodeSignals(api, "gpu-1",
                        new SignalSettings(SignalPreset.COREWEAVE.rules(SignalPreset.Disruption.ADVISE), true),
                        clock)) {
            cluster.put(SampleObjects.nodeYaml("gpu-1"));
            NoticeBoard board = new NoticeBoard(clock, List.of());
            signals.start(board);
            await(cluster, "watch nodes");
            cluster.patchNode("gpu-1", "metadata: {labels: {qos.coreweave.cloud/pending-preemption: \"true\"}}");
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> board.reclamation().isPresent());
            cluster.patchNode("gpu-1", "metadata: {labels: {qos.coreweave.cloud/pending-preemption: null}}");
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> board.reclamation().isEmpty());
            return cluster.asked()
                    .stream()
                    .map(FakeCluster.Asked::permission)
                    .collect(Collectors.toCollection(TreeSet::new));
        } finally {
            vertx.close().await();
        }
    }

    private static void await(FakeCluster cluster, String permission) {
        Awaitility.await(permission).atMost(Duration.ofSeconds(40)).until(() -> !cluster.asked(permission).isEmpty());
    }

    private static Reclamation reclamation(NodeClock clock) {
        Deadline deadline = Deadline.in(Duration.ofSeconds(110), clock);
        return new Reclamation(new Notice(NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION), Finality.FINAL,
                deadline, "terminate"), deadline, clock.wallTime(), clock.nanoTime());
    }
}
