// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

import dev.lastcall.proof.HttpGet;
import org.awaitility.Awaitility;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;

/**
 * A real llama-server in one container, a simulated metadata server in another, and in a third the agent from its image, with
 * its gate before the server. The server runs as the image's user, so that the agent may stop it without any capability.
 */
final class Pod implements AutoCloseable {

    private static final int GATE = 8080;
    private static final int METADATA = 1338;

    /** Whose node it is, with how it is taken back. */
    enum Cloud {
        AWS("aws: { endpoints: [\"http://%s:%d\"], poll: 250ms }", """
                cloud: aws
                timeline:
                  - { at: 1s, set: { spot/instance-action: { action: terminate, time: in 120s } } }
                """), GCP("gcp: { endpoint: \"http://%s:%d\" }", """
                cloud: gcp
                timeline:
                  - { at: 1s, set: { instance/preempted: "TRUE" } }
                """);

        private final String source;
        private final String script;

        Cloud(String source, String script) {
            this.source = source;
            this.script = script;
        }

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Cloud cloud;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final GenericContainer<?> server;
    private final GenericContainer<?> metadata;
    private final AgentContainer agent;

    /**
     * Starts one, whose metadata server does not answer yet.
     *
     * @param folder for the files that are mounted
     * @param cloud whose metadata is simulated
     */
    Pod(Path folder, Cloud cloud) throws IOException {
        this.cloud = cloud;
        try (HttpGet http = new HttpGet()) {
            server = begun(LlamaServer.listeningOn("0.0.0.0"));
            metadata = begun(metadata(AgentContainer.readable(folder, "script.yaml", cloud.script)));
            agent = AgentContainer.start(folder, configuration(AgentContainer.address(metadata)));
            parts.push(agent);
            Awaitility.await("the server answers through the gate")
                    .atMost(Node.PATIENCE)
                    .until(() -> http.status(gate().resolve("/health")) == 200);
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

    /** Waits, with the image's cat, for what {@link #reclaim} starts in it. */
    private static GenericContainer<?> metadata(String script) {
        return new GenericContainer<>(AgentContainer.image())
                .withFileSystemBind(script, "/script.yaml", BindMode.READ_ONLY)
                .withCreateContainerCmdModifier(create -> create.withEntrypoint("cat").withStdinOpen(true))
                .withCommand("-");
    }

    private String configuration(String metadata) {
        return """
                cloud: %s
                %s
                servers:
                  - name: llama
                    url: http://%s:%d
                    gate: { listen: "0.0.0.0:%d", door: { at: now, closed: answer } }
                    stop: { pid: %d }
                """.formatted(cloud.key(), cloud.source.formatted(metadata, METADATA), AgentContainer.address(server),
                LlamaServer.PORT, GATE,
                server.getCurrentContainerInfo().getState().getPidLong());
    }

    /** Has the cloud take the node back. */
    void reclaim() throws IOException, InterruptedException {
        metadata.execInContainer("sh", "-c", "lastcall simulate " + cloud.key()
                + " --script /script.yaml --listen 0.0.0.0:" + METADATA + " >/dev/null 2>&1 &");
    }

    AgentContainer agent() {
        return agent;
    }

    boolean serverRuns() {
        return Boolean.TRUE.equals(server.getCurrentContainerInfo().getState().getRunning());
    }

    /** Where clients send their requests. */
    URI gate() {
        return URI.create("http://" + agent.address() + ":" + GATE);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failure) {
                throw new IllegalStateException("a container could not be removed", failure);
            }
        }
    }
}
