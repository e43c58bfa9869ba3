// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A node of a cluster: its agent, a pod with a gate, and, in the test, as much of a kubelet and of a Service as the pod's end needs. */
final class ClusterNode implements AutoCloseable {

    /** Routers hear of a pod that is not ready within a second or two; these are slow. */
    private static final Duration ROUTERS_DELAY = Duration.ofSeconds(8);

    private final NodeAgent agent;
    private final SidecarPod pod;
    private final AtomicLong unreadySince = new AtomicLong();

    /**
     * Starts one; returns when the agent follows the pod and has called it open.
     *
     * @param folder serves as the node's root
     */
    ClusterNode(Path folder) throws IOException {
        agent = new NodeAgent(folder, Map.of());
        try {
            pod = new SidecarPod(agent.manifests());
        } catch (IOException | RuntimeException | Error failure) {
            agent.close();
            throw failure;
        }
        try {
            agent.cluster().put(pod.object(NodeAgent.NODE));
            Awaitility.await("the pod is called open").atMost(Node.PATIENCE).until(() -> readiness().equals("True"));
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** Waits until the pod is deleted, and then ends it as its kubelet does. */
    CompletableFuture<SidecarPod.End> kubelet() {
        CompletableFuture<SidecarPod.End> ended = new CompletableFuture<>();
        Thread.ofVirtual().name("kubelet").start(() -> {
            try {
                Awaitility.await("the pod is deleted").atMost(Node.PATIENCE).until(() -> grace() > 0);
                SidecarPod.End end = pod.end(Duration.ofSeconds(grace()));
                agent.cluster().removePod(SidecarPod.NAMESPACE, SidecarPod.NAME);
                ended.complete(end);
            } catch (IOException | InterruptedException | RuntimeException | Error failure) {
                ended.completeExceptionally(failure);
            }
        });
        return ended;
    }

    private JsonNode object() {
        return agent.cluster().pod(SidecarPod.NAMESPACE, SidecarPod.NAME);
    }

    /** The grace that the pod is deleted with; 0 while it is not being deleted. */
    int grace() {
        return object().path("metadata").path("deletionGracePeriodSeconds").asInt(0);
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
    private String readiness() {
        for (JsonNode condition : object().path("status").path("conditions")) {
            if (condition.path("type").asString("").equals("lastcall.dev/open")) {
                return condition.path("status").asString("");
            }
        }
        return "";
    }

    NodeAgent agent() {
        return agent;
    }

    SidecarPod pod() {
        return pod;
    }

    @Override
    public void close() {
        try (agent) {
            pod.close();
        }
    }
}
