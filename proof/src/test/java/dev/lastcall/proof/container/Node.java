// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import org.awaitility.Awaitility;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;
import tools.jackson.databind.JsonNode;

/**
 * A node: a Debian with systemd as its init, the deb, a real llama-server as a unit, attached, and a simulated metadata
 * server. Only root rights that a container engine gives without asking for a privileged container.
 */
final class Node implements AutoCloseable {

    static final String SERVER = "llama-server.service";
    static final String AGENT = "lastcall.service";
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int GATE = 8080;

    private final GenericContainer<?> container;

    private Node(GenericContainer<?> container) {
        this.container = container;
    }

    /**
     * Boots one, installs the deb and attaches the server.
     *
     * @param deb the package
     * @param cloud whose metadata is simulated; {@code none} for none
     */
    static Node boot(Path deb, String cloud) throws IOException, InterruptedException {
        String llama = Engine.given("LASTCALL_PROOF_LLAMA", "root file system with a llama-server");
        String model = Engine.given("LASTCALL_PROOF_MODEL_FILE", "model in it");
        var container = new GenericContainer<>(
                DockerImageName.parse(Engine.given("LASTCALL_PROOF_SYSTEMD", "image with systemd")));
        container.withCommand("/sbin/init")
                .withTmpFs(Map.of("/run", "", "/run/lock", "", "/tmp", ""))
                .withFileSystemBind(llama, "/srv/llama", BindMode.READ_ONLY)
                .withCreateContainerCmdModifier(create -> {
                    var host = create.getHostConfig();
                    if (host != null) {
                        host.withCapAdd(Capability.SYS_ADMIN)
                                .withSecurityOpts(List.of("seccomp=unconfined"))
                                .withCgroupnsMode("host")
                                .withBinds(binds(host.getBinds()));
                    }
                });
        container.start();
        Node node = new Node(container);
        try {
            node.awaitBooted();
            node.writeUnits(model, cloud);
            node.run("systemctl enable --now " + SERVER);
            node.install(deb);
            node.configure(cloud);
            node.run("lastcall attach " + SERVER + " --yes");
            node.run("systemctl restart " + AGENT);
            node.awaitAnswer();
            return node;
        } catch (IOException | InterruptedException | RuntimeException | Error failure) {
            node.close();
            throw failure;
        }
    }

    private void writeUnits(String model, String cloud) {
        write("/etc/systemd/system/" + SERVER, """
                [Unit]
                Description=llama-server with a tiny model
                [Service]
                ExecStart=/usr/sbin/chroot /srv/llama /usr/bin/llama-server --model %s --host 127.0.0.1 --port 8000 \
                --metrics --offline --parallel 9 --ctx-size 9216 --threads 1
                Restart=always
                [Install]
                WantedBy=multi-user.target
                """.formatted(model));
        write("/etc/systemd/system/metadata.service", """
                [Service]
                ExecStart=/usr/bin/lastcall simulate %s --script /etc/metadata.yaml --listen 127.0.0.1:1338
                """.formatted(cloud));
    }

    private static Bind[] binds(Bind[] others) {
        Bind[] all = new Bind[(others == null ? 0 : others.length) + 1];
        if (others != null) {
            System.arraycopy(others, 0, all, 0, others.length);
        }
        all[all.length - 1] = Bind.parse("/sys/fs/cgroup:/sys/fs/cgroup:rw");
        return all;
    }

    private void awaitBooted() {
        Awaitility.await("systemd is up")
                .atMost(PATIENCE)
                .until(() -> List.of("running", "degraded").contains(ask("systemctl is-system-running")));
    }

    /** Installs a package over whatever is there, as {@code apt install ./FILE} does. */
    void install(Path deb) throws IOException, InterruptedException {
        String there = "/root/" + deb.getFileName();
        container.copyFileToContainer(MountableFile.forHostPath(deb), there);
        run("DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold -i " + there);
    }

    private void configure(String cloud) {
        String source = switch (cloud) {
            case "aws" -> "aws: { endpoints: [\"http://127.0.0.1:1338\"], poll: 250ms }";
            case "gcp" -> "gcp: { endpoint: \"http://127.0.0.1:1338\" }";
            default -> "";
        };
        write("/etc/lastcall/lastcall.yaml", """
                cloud: %s
                %s
                servers:
                  - name: llama
                    url: http://127.0.0.1:8000
                    gate: { listen: "0.0.0.0:%d", door: { at: now, closed: answer } }
                    stop: { systemd: %s }
                """.formatted(cloud, source, GATE, SERVER));
    }

    /** Starts the metadata server with this script. */
    void simulate(String script) throws IOException, InterruptedException {
        write("/etc/metadata.yaml", script);
        run("systemctl start metadata.service");
    }

    /** Waits until the server answers through the gate. */
    void awaitAnswer() {
        Awaitility.await("the server answers through the gate").atMost(PATIENCE).until(this::answers);
    }

    private boolean answers() {
        return ask("exec 3<>/dev/tcp/127.0.0.1/" + GATE
                + " && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3").contains(" 200 ");
    }

    void write(String path, String text) {
        container.copyFileToContainer(Transferable.of(text), path);
    }

    /** Adds text to a file's end. */
    void append(String path, String text) throws IOException, InterruptedException {
        write("/root/addition", text);
        run("cat /root/addition >>" + path);
    }

    /** Runs a line of shell, which must succeed; its output. */
    String run(String line) throws IOException, InterruptedException {
        ExecResult result = container.execInContainer("bash", "-c", line);
        if (result.getExitCode() != 0) {
            throw new IllegalStateException(line + " ended with " + result.getExitCode() + ":\n" + result.getStdout()
                    + result.getStderr() + "\n" + ask("journalctl -n 60 --no-pager -o cat"));
        }
        return result.getStdout().strip();
    }

    /** What a line of shell prints, whatever comes of it. */
    String ask(String line) {
        try {
            return container.execInContainer("bash", "-c", line).getStdout().strip();
        } catch (IOException | RuntimeException gone) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** A property of a unit. */
    String property(String unit, String property) {
        return ask("systemctl show --value -p " + property + " " + unit);
    }

    boolean isActive(String unit) {
        return ask("systemctl is-active " + unit).equals("active");
    }

    /** Whether the machine is on. */
    boolean isUp() {
        return container.isRunning();
    }

    /** The records of the drains, also of a machine that is off; none before the first one is written. */
    List<JsonNode> drains() {
        return DrainRecords.of(container);
    }

    /** Where clients send their requests: past no proxy of the engine's, which would hide a reset. */
    URI gate() {
        String address = container.getContainerInfo()
                .getNetworkSettings()
                .getNetworks()
                .values()
                .iterator()
                .next()
                .getIpAddress();
        return URI.create("http://" + address + ":" + GATE);
    }

    @Override
    public void close() {
        container.stop();
    }
}
