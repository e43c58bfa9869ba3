// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.lastcall.proof.HttpGet;
import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod as {@code k8s/examples/vllm.yaml} has it, with a real llama-server for vLLM: the server listens inside the pod only,
 * and the gate, a container of its own in the same network, is what clients reach. Ends as a kubelet ends it.
 */
final class SidecarPod implements AutoCloseable {

    static final String NAMESPACE = "inference";
    static final String NAME = "llama-0";

    private static final int GATE = 8080;
    private static final int STATUS = 9809;

    /** For a container to be gone once it was asked to end. */
    private static final Duration SIDECAR_GRACE = Duration.ofSeconds(10);

    private final Deque<GenericContainer<?>> parts = new ArrayDeque<>();
    private final GenericContainer<?> server;
    private final GenericContainer<?> gate;
    private final ObjectNode template;

    /** Starts one; returns when the server answers through the gate. */
    SidecarPod(ManifestContainer manifests) throws IOException {
        template = (ObjectNode) Manifests.example().path("spec").path("template");
        ((ObjectNode) template.path("metadata").path("annotations")).put("lastcall.dev/kind", "llama-server");
        JsonNode spec = template.path("spec");
        try (HttpGet http = new HttpGet()) {
            server = begun(LlamaServer.listeningOn("127.0.0.1"));
            GenericContainer<?> made = manifests.of(spec, Manifests.initContainer("lastcall-gate"));
            String[] args = made.getCommandParts();
            for (int i = 0; i < args.length; i++) {
                args[i] = args[i].equals("vllm") ? "llama-server" : args[i];
            }
            made.withCommand(args).withNetworkMode("container:" + server.getContainerId());
            gate = begun(made);
            Awaitility.await("the server answers through the gate")
                    .atMost(Node.PATIENCE)
                    .until(() -> http.status(url().resolve("/health")) == 200);
        } catch (IOException | RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private GenericContainer<?> begun(GenericContainer<?> container) {
        parts.push(container);
        container.start();
        return container;
    }

    /** What the API server holds of it. */
    String object(String node) {
        ObjectNode pod = template.deepCopy().put("kind", "Pod").put("apiVersion", "v1");
        ((ObjectNode) pod.path("metadata")).put("name", NAME).put("namespace", NAMESPACE);
        ((ObjectNode) pod.path("spec")).put("nodeName", node);
        pod.putObject("status").put("phase", "Running").put("podIP", AgentContainer.address(server));
        return pod.toString();
    }

    /** Where clients send their requests: past no proxy of the engine's, which would hide a reset. */
    URI url() {
        return URI.create("http://" + AgentContainer.address(server) + ":" + GATE);
    }

    /** The answer to a client that comes now. */
    HttpResponse<String> ask() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(url().resolve("/v1/completions"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\": \"late\", \"max_tokens\": 1}"))
                    .timeout(Duration.ofSeconds(10))
                    .build(), BodyHandlers.ofString());
        }
    }

    /**
     * What came of the pod's end.
     *
     * @param hook what the preStop hook was answered
     * @param killed whether the server, or the gate, had to be killed
     */
    record End(String hook, boolean killed) {}

    /**
     * Does what a kubelet does with a pod that is deleted: asks the server's hook, asks the server to end and kills it when
     * the grace is over, and then does so with the sidecar.
     */
    End end(Duration grace) throws IOException, InterruptedException {
        long until = System.nanoTime() + grace.toNanos();
        String path = template.path("spec")
                .path("containers")
                .path(0)
                .path("lifecycle")
                .path("preStop")
                .path("httpGet")
                .path("path")
                .asString("");
        String hook;
        try (HttpClient client = HttpClient.newHttpClient()) {
            hook = client.send(HttpRequest.newBuilder(
                    URI.create("http://" + AgentContainer.address(server) + ":" + STATUS + path))
                    .timeout(grace)
                    .build(),
                    BodyHandlers.ofString()).body().strip();
        }
        boolean killed = stopped(server, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        return new End(hook, stopped(gate, SIDECAR_GRACE) || killed);
    }

    /** Whether it took a SIGKILL. */
    private static boolean stopped(GenericContainer<?> container, Duration patience) {
        try (var stop = container.getDockerClient().stopContainerCmd(container.getContainerId())) {
            stop.withTimeout(Math.toIntExact(patience.toSeconds())).exec();
        }
        Long exit = container.getCurrentContainerInfo().getState().getExitCodeLong();
        return exit != null && exit == 137;
    }

    /** What the gate has said. */
    String log() {
        return gate.getLogs();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            parts.pop().stop();
        }
    }
}
