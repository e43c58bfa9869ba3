// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HealthCheck;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.databind.JsonNode;

/**
 * The agent from its image, with no more rights than it needs: as the image's own user, without a capability or a way to
 * one, on a read-only root file system and a /tmp from which nothing is run. It sees the processes of the host, as an agent
 * must that stops one by its id.
 */
final class AgentContainer implements AutoCloseable {

    private static final String CONFIGURATION = "/etc/lastcall/lastcall.yaml";

    /** The image asks once a minute; that is too long to wait for the first answer. */
    private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);

    private final GenericContainer<?> container;

    private AgentContainer(GenericContainer<?> container) {
        this.container = container;
    }

    /**
     * Starts one.
     *
     * @param folder for the file of the configuration, which is mounted
     */
    static AgentContainer start(Path folder, String configuration) throws IOException {
        var container = new GenericContainer<>(image())
                .withFileSystemBind(readable(folder, "lastcall.yaml", configuration), CONFIGURATION, BindMode.READ_ONLY)
                .withTmpFs(Map.of("/tmp", ""))
                .withStartupCheckStrategy(new Begun())
                .withCreateContainerCmdModifier(create -> {
                    create.withHealthcheck(new HealthCheck().withInterval(HEALTH_INTERVAL.toNanos()));
                    var host = create.getHostConfig();
                    if (host != null) {
                        host.withReadonlyRootfs(true)
                                .withCapDrop(Capability.ALL)
                                .withSecurityOpts(List.of("no-new-privileges"))
                                .withPidMode("host");
                    }
                });
        container.start();
        return new AgentContainer(container);
    }

    /** The image that {@code packaging/image/build} makes. */
    static DockerImageName image() {
        return DockerImageName.parse(Engine.given("LASTCALL_PROOF_IMAGE", "image of the agent"));
    }

    /** How large that image is, with its base. */
    static long imageBytes() {
        String image = image().asCanonicalNameString();
        try (var inspect = DockerClientFactory.instance().client().inspectImageCmd(image)) {
            return Objects.requireNonNull(inspect.exec().getSize());
        }
    }

    /** Writes a file that the image's user may read. */
    static String readable(Path folder, String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file.toString();
    }

    /** A container's own address: past no proxy of the engine's, which would hide a reset. */
    static String address(GenericContainer<?> container) {
        return String.valueOf(container.getContainerInfo()
                .getNetworkSettings()
                .getNetworks()
                .values()
                .iterator()
                .next()
                .getIpAddress());
    }

    String address() {
        return address(container);
    }

    ContainerState state() {
        return container.getCurrentContainerInfo().getState();
    }

    boolean isRunning() {
        return Boolean.TRUE.equals(state().getRunning());
    }

    String log() {
        return container.getLogs();
    }

    /** What a command in the container prints; it must succeed. */
    String run(String... command) throws IOException, InterruptedException {
        ExecResult result = container.execInContainer(command);
        if (result.getExitCode() != 0) {
            throw new IllegalStateException(
                    List.of(command) + " ended with " + result.getExitCode() + ": " + result.getStderr());
        }
        return result.getStdout();
    }

    /** Does what {@code docker stop} does: SIGTERM, and after {@code patience} SIGKILL. Returns when it has ended. */
    void stop(Duration patience) {
        try (var stop = container.getDockerClient().stopContainerCmd(container.getContainerId())) {
            stop.withTimeout(Math.toIntExact(patience.toSeconds())).exec();
        }
    }

    /** The records of the drains, also of one that has ended; none before the first one is written. */
    List<JsonNode> drains() {
        return DrainRecords.of(container);
    }

    @Override
    public void close() {
        container.stop();
    }

    /** An agent that ends at once is no failure of the engine's. */
    private static final class Begun extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String id) {
            return StartupStatus.SUCCESSFUL;
        }
    }
}
