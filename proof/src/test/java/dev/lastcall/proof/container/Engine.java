// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/** What a proof in containers needs, handed over in the environment; without it the proof is skipped and says why. */
final class Engine {

    private Engine() {}

    /** A file or a name that {@code proof/containers} has prepared. */
    static String given(String variable, String what) {
        String value = System.getenv().getOrDefault(variable, "");
        Assumptions.assumeFalse(value.isEmpty(),
                () -> variable + " names no " + what + ": run proof/containers, which prepares it");
        Assumptions.assumeTrue(DockerClientFactory.instance().isDockerAvailable(),
                "no container engine answers: start dockerd, or run proof/containers");
        return value;
    }

    /** A file that {@code proof/containers} has prepared. */
    static Path file(String variable, String what) {
        Path file = Path.of(given(variable, what));
        Assumptions.assumeTrue(Files.exists(file), () -> variable + "=" + file + " is not there");
        return file;
    }
}
