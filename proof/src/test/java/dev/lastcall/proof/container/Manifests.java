// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The manifests of {@code k8s/}, as they are shipped. */
final class Manifests {

    private static final Path FOLDER = Path.of("..", "k8s");
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    private Manifests() {}

    /** The agent's DaemonSet. */
    static JsonNode daemonSet() throws IOException {
        return first("base/daemonset.yaml", "DaemonSet");
    }

    /** The configuration that the DaemonSet mounts. */
    static String configuration() throws IOException {
        return first("base/daemonset.yaml", "ConfigMap").path("data").path("lastcall.yaml").asString("");
    }

    /** The example of a server with a gate as its sidecar. */
    static JsonNode example() throws IOException {
        return first("examples/vllm.yaml", "Deployment");
    }

    /** An init container of the example. */
    static JsonNode initContainer(String name) throws IOException {
        for (JsonNode container : example().path("spec").path("template").path("spec").path("initContainers")) {
            if (container.path("name").asString("").equals(name)) {
                return container;
            }
        }
        throw new IOException("the example has no init container " + name);
    }

    private static JsonNode first(String file, String kind) throws IOException {
        try (var in = Files.newInputStream(FOLDER.resolve(file));
                var documents = YAML.readerFor(JsonNode.class)
                        .<JsonNode>readValues(in)) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.path("kind").asString("").equals(kind)) {
                    return document;
                }
            }
        }
        throw new IOException(file + " holds no " + kind);
    }
}
