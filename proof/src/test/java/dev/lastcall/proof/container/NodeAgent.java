// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import dev.lastcall.agent.kubernetes.FakeCluster;
import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The agent as {@code k8s/daemonset.yaml} runs it, with an API server and AWS's metadata server in the test's own process.
 */
final class NodeAgent implements AutoCloseable {

    static final String NODE = "gpu-1";

    /** What AWS gives. */
    static final Duration WINDOW = Duration.ofMinutes(2);

    private static final Duration NOTICE = Duration.ofSeconds(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ManifestContainer manifests;
    private final FakeCluster cluster;
    private final Simulator cloud;
    private final GenericContainer<?> container;

    /**
     * Starts one.
     *
     * @param folder serves as the node's root
     * @param environment more of the container's environment
     */
    NodeAgent(Path folder, Map<String, String> environment) throws IOException {
        manifests = new ManifestContainer(folder, NODE);
        try {
            cluster = kept(FakeCluster.start());
            cluster.put(SampleObjects.nodeYaml(NODE));
            cloud = kept(Simulator.aws(Timeline.builder()
                    .at(NOTICE)
                    .set("spot/instance-action", Value.fields("action", "terminate", "time",
                            "in " + WINDOW.toSeconds() + "s"))
                    .build()).manual().start());
            container = container().withEnv(environment);
            parts.push(container::stop);
            container.start();
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
    private GenericContainer<?> container() throws IOException {
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

    ManifestContainer manifests() {
        return manifests;
    }

    FakeCluster cluster() {
        return cluster;
    }

    /** Has the cloud take the node back. */
    void reclaim() {
        cloud.at(NOTICE);
    }

    /** How often it has looked for a notice so far. */
    long looks() {
        return cloud.requests().stream().filter(request -> request.target().contains("/spot/instance-action")).count();
    }

    /** Kills it with SIGKILL. */
    void kill() {
        try (var kill = container.getDockerClient().killContainerCmd(container.getContainerId())) {
            kill.exec();
        }
    }

    /** Does what the kubelet does with a container that has ended. */
    void startAgain() {
        try (var start = container.getDockerClient().startContainerCmd(container.getContainerId())) {
            start.exec();
        }
    }

    ContainerState state() {
        return container.getCurrentContainerInfo().getState();
    }

    /** Most memory of its own that it has had so far, in MiB: without the page cache that is charged to it as well. */
    long mostResidentMebibytes() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + state().getPidLong() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** What it has said. */
    String log() {
        return container.getLogs();
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
