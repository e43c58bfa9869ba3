// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.Timeline;
import dev.lastcall.simulator.Value;
import org.awaitility.Awaitility;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A node of a cluster: the agent as {@code k8s/daemonset.yaml} runs it, a pod with a gate, and, in the test's own process, the
 * API server, the metadata server and as much of a kubelet as ends a pod.
 */
final class ClusterNode implements AutoCloseable {

    static final String NAME = "gpu-1";

    /** What AWS gives. */
    static final Duration WINDOW = Duration.ofMinutes(2);

    /** Routers hear of a pod that is not ready within a second or two; these are slow. */
    private static final Duration ROUTERS_DELAY = Duration.ofSeconds(8);

    private static final Duration NOTICE = Duration.ofSeconds(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ManifestContainer manifests;
    private final FakeCluster cluster;
    private final Simulator cloud;
    private final GenericContainer<?> agent;
    private final SidecarPod pod;
    private final AtomicLong unreadySince = new AtomicLong();

    /**
     * Starts one; returns when the agent follows the pod and has called it open.
     *
     * @param folder stands for the node's root
     */
    ClusterNode(Path folder) throws IOException {
        manifests = new ManifestContainer(folder, NAME);
        try {
            cluster = kept(FakeCluster.start());
            cluster.put(SampleObjects.nodeYaml(NAME));
            cloud = kept(Simulator.aws(Timeline.builder()
                    .at(NOTICE)
                    .set("spot/instance-action", Value.fields("action", "terminate", "time",
                            "in " + WINDOW.toSeconds() + "s"))
                    .build()).manual().start());
            agent = agent();
            parts.push(agent::stop);
            agent.start();
            pod = kept(new SidecarPod(manifests));
            cluster.put(pod.object(NAME));
            Awaitility.await("the pod is called open").atMost(Node.PATIENCE).until(() -> readiness().equals("True"));
        } catch (IOException | RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private <T extends AutoCloseable> T kept(T part) {
        parts.push(part);
        return part;
    }

    /** Where the API server and the cloud are is the machine's to say, as the kubelet and the network say it on a real node. */
    private GenericContainer<?> agent() throws IOException {
        JsonNode spec = Manifests.daemonSet().path("spec").path("template").path("spec");
        return manifests.of(spec, spec.path("containers").path(0))
                .withFileSystemBind(cluster.account().toString(), "/var/run/secrets/kubernetes.io/serviceaccount",
                        BindMode.READ_ONLY)
                .withEnv("KUBERNETES_SERVICE_HOST", cluster.url().getHost())
                .withEnv("KUBERNETES_SERVICE_PORT", Integer.toString(cluster.url().getPort()))
                .withEnv("LASTCALL_AWS_ENDPOINTS", cloud.endpoint().toString())
                .withEnv("LASTCALL_CLOUD", "aws")
                .withEnv("LASTCALL_API_LISTEN", "127.0.0.1:0");
    }

    /** Has the cloud take the node back. */
    void reclaim() {
        cloud.at(NOTICE);
    }

    /** Waits until somebody deletes the pod, and then ends it as its kubelet does. */
    CompletableFuture<SidecarPod.End> kubelet() {
        CompletableFuture<SidecarPod.End> ended = new CompletableFuture<>();
        Thread.ofVirtual().name("kubelet").start(() -> {
            try {
                Awaitility.await("the pod is deleted").atMost(Node.PATIENCE).until(() -> grace() > 0);
                SidecarPod.End end = pod.end(Duration.ofSeconds(grace()));
                cluster.removePod(SidecarPod.NAMESPACE, SidecarPod.NAME);
                ended.complete(end);
            } catch (IOException | InterruptedException | RuntimeException | Error failure) {
                ended.completeExceptionally(failure);
            }
        });
        return ended;
    }

    /** The grace that the pod is deleted with; 0 while nobody deletes it. */
    int grace() {
        return cluster.pod(SidecarPod.NAMESPACE, SidecarPod.NAME)
                .path("metadata")
                .path("deletionGracePeriodSeconds")
                .asInt(0);
    }

    /** Whether its Service still sends clients to the pod: until some time after it has become unready. */
    boolean isRouted() {
        if (readiness().equals("True")) {
            return true;
        }
        long now = System.nanoTime();
        unreadySince.compareAndSet(0, now);
        return now - unreadySince.get() < ROUTERS_DELAY.toNanos();
    }

    /** What the pod's condition says that it is ready by. */
    String readiness() {
        return status(cluster.pod(SidecarPod.NAMESPACE, SidecarPod.NAME), "lastcall.dev/open");
    }

    private static String status(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asString("").equals(type)) {
                return condition.path("status").asString("");
            }
        }
        return "";
    }

    FakeCluster cluster() {
        return cluster;
    }

    SidecarPod pod() {
        return pod;
    }

    /** Kills the agent with SIGKILL. */
    void killAgent() {
        try (var kill = agent.getDockerClient().killContainerCmd(agent.getContainerId())) {
            kill.exec();
        }
    }

    /** Does what the kubelet does with a container that has ended. */
    void startAgentAgain() {
        try (var start = agent.getDockerClient().startContainerCmd(agent.getContainerId())) {
            start.exec();
        }
    }

    /** What the agent has said. */
    String log() {
        return agent.getLogs();
    }

    /** The records of the drains; none before the first one is written. */
    List<JsonNode> drains() throws IOException {
        Path file = manifests.folder("/var/lib/lastcall").resolve("drains.jsonl");
        return Files.exists(file)
                ? Files.readAllLines(file).stream().<JsonNode>map(JSON::readTree).toList()
                : List.of();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failure) {
                throw new IllegalStateException("a part of the node could not be ended", failure);
            }
        }
    }
}
