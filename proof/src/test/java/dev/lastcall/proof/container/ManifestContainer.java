// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.github.dockerjava.api.model.Capability;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;

/**
 * Makes containers of a manifest on the engine as a kubelet would make them: arguments, environment, user, limits, rights and
 * volumes are the manifest's. Only what is a folder of the node lies in a folder of the test's.
 *
 * @param host serves as the node's root
 * @param node its name
 */
record ManifestContainer(Path host, String node) {

    private static final long MEBIBYTE = 1024 * 1024;

    /**
     * Makes one of the image that is to be proven; it is not started.
     *
     * @param spec of the pod
     * @param container of it
     */
    GenericContainer<?> of(JsonNode spec, JsonNode container) throws IOException {
        GenericContainer<?> made = new GenericContainer<>(AgentContainer.image());
        List<String> args = new ArrayList<>();
        container.path("args").forEach(arg -> args.add(arg.asString("")));
        made.withCommand(args.toArray(String[]::new));
        for (JsonNode variable : container.path("env")) {
            made.withEnv(variable.path("name").asString(""),
                    variable.path("valueFrom").path("fieldRef").path("fieldPath").asString("").equals("spec.nodeName")
                            ? node
                            : variable.path("value").asString(""));
        }
        mount(made, spec, container);
        long memory = mebibytes(container.path("resources").path("limits").path("memory"));
        JsonNode rights = container.path("securityContext");
        made.withCreateContainerCmdModifier(create -> {
            create.withUser(rights.path("runAsUser").asString(""));
            var config = create.getHostConfig();
            if (config != null) {
                config.withMemory(memory * MEBIBYTE)
                        .withMemorySwap(memory * MEBIBYTE)
                        .withReadonlyRootfs(rights.path("readOnlyRootFilesystem").asBoolean(false))
                        .withCapDrop(Capability.valueOf(rights.path("capabilities").path("drop").path(0).asString("")));
                if (!rights.path("allowPrivilegeEscalation").asBoolean(true)) {
                    config.withSecurityOpts(List.of("no-new-privileges"));
                }
            }
        });
        if (spec.path("hostNetwork").asBoolean(false)) {
            made.withNetworkMode("host");
        }
        return made;
    }

    private void mount(GenericContainer<?> made, JsonNode spec, JsonNode container) throws IOException {
        Map<String, String> memory = new HashMap<>();
        for (JsonNode mount : container.path("volumeMounts")) {
            JsonNode volume = volume(spec, mount.path("name").asString(""));
            String at = mount.path("mountPath").asString("");
            if (volume.has("emptyDir")) {
                memory.put(at, "size=" + mebibytes(volume.path("emptyDir").path("sizeLimit")) + "m");
            } else {
                made.withFileSystemBind(source(volume).toString(), at,
                        mount.path("readOnly").asBoolean(false) ? BindMode.READ_ONLY : BindMode.READ_WRITE);
            }
        }
        made.withTmpFs(memory);
    }

    private static JsonNode volume(JsonNode spec, String name) throws IOException {
        for (JsonNode volume : spec.path("volumes")) {
            if (volume.path("name").asString("").equals(name)) {
                return volume;
            }
        }
        throw new IOException("no volume is called " + name);
    }

    private Path source(JsonNode volume) throws IOException {
        if (volume.has("configMap")) {
            Path folder = Files.createDirectories(host.resolve("config"));
            Files.writeString(folder.resolve("lastcall.yaml"), Manifests.configuration());
            return folder;
        }
        return folder(volume.path("hostPath").path("path").asString(""));
    }

    /** Where a folder of the node lies; made where it is not there. */
    Path folder(String path) throws IOException {
        return Files.createDirectories(host.resolve(path.substring(1)));
    }

    private static long mebibytes(JsonNode quantity) throws IOException {
        String text = quantity.asString("");
        if (!text.matches("[0-9]{1,6}Mi")) {
            throw new IOException("not a number of Mi: " + text);
        }
        return Long.parseLong(text.substring(0, text.length() - 2));
    }
}
