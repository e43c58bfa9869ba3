// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A real llama-server in a container of its own, as the image's user. */
final class LlamaServer {

    static final int PORT = 8000;

    private static final String UNPRIVILEGED = "65534:65534";

    private LlamaServer() {}

    /**
     * Makes one; it is not started.
     *
     * @param host where it listens: inside its network only, or for others as well
     */
    static GenericContainer<?> listeningOn(String host) {
        String root = Engine.given("LASTCALL_PROOF_LLAMA", "root file system with a llama-server");
        String model = Engine.given("LASTCALL_PROOF_MODEL_FILE", "model in it");
        return new GenericContainer<>(
                DockerImageName.parse(Engine.given("LASTCALL_PROOF_SYSTEMD", "image with a chroot command")))
                .withFileSystemBind(root, "/srv/llama", BindMode.READ_ONLY)
                .withCommand("chroot", "--userspec=" + UNPRIVILEGED, "/srv/llama", "/usr/bin/llama-server", "--model",
                        model,
                        "--host", host, "--port", Integer.toString(PORT), "--metrics", "--offline", "--parallel", "9",
                        "--ctx-size", "9216", "--threads", "1");
    }
}
