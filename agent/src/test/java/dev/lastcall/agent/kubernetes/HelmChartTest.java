// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Helm chart gives what the manifests give. Helm itself is not needed here: {@code proof/helm} renders the chart into the golden
 * files, and this compares them with {@code k8s/}.
 */
class HelmChartTest {

    private static final Path HELM = Path.of("../packaging/helm");
    private static final Path K8S = Path.of("../k8s");
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    /** Labels and annotations that only a release has. */
    private static final Set<String> OF_HELM = Set.of("app.kubernetes.io/instance", "app.kubernetes.io/version",
            "app.kubernetes.io/managed-by", "helm.sh/chart", "checksum/config");

    @TempDir
    Path place;

    @Test
    void theGoldenFilesAreOfThisChart() throws Exception {
        Map<String, String> rendered = new TreeMap<>();
        for (String line : Files.readAllLines(HELM.resolve("tests/golden/SHA256SUMS"))) {
            String[] words = line.split(" +", 2);
            rendered.put(words[1], words[0]);
        }
        assertThat(sums()).as("the chart has changed: proof/helm --write, and look at the difference")
                .isEqualTo(rendered);
    }

    private static Map<String, String> sums() throws Exception {
        Map<String, String> sums = new TreeMap<>();
        try (Stream<Path> all = Files.walk(HELM)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = HELM.relativize(file).toString();
                if (!name.startsWith("tests/golden/") && !name.startsWith("lastcall/files/")) {
                    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                    sums.put(name, HexFormat.of().formatHex(digest));
                }
            }
        }
        return sums;
    }

    @Test
    void itsVersionIsTheProjects() throws IOException {
        String pom = Files.readString(Path.of("../pom.xml"));
        String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"))
                .replace("-SNAPSHOT", "");
        JsonNode chart = YAML.readTree(Files.readString(HELM.resolve("lastcall/Chart.yaml")));
        assertThat(chart.path("version").asString("")).isEqualTo(version);
        assertThat(chart.path("appVersion").asString("")).isEqualTo(version);
    }

    @Test
    void theDefaultsAreTheManifestWithoutItsNamespace() throws IOException {
        Map<String, JsonNode> manifest = objects(K8S.resolve("daemonset.yaml"));
        manifest.remove("Namespace lastcall");
        assertThat(golden("defaults")).isEqualTo(manifest);
    }

    @ParameterizedTest
    @CsvSource({"aws, eks", "gcp, gke", "azure, aks"})
    void aCloudIsWhatItsOverlayPatches(String cloud, String overlay) throws IOException {
        JsonNode kustomization = YAML.readTree(Files.readString(K8S.resolve("overlays/%s/kustomization.yaml".formatted(
                overlay))));
        JsonNode patch = pod(YAML.readTree(kustomization.path("patches").path(0).path("patch").asString("")));
        Map<String, JsonNode> base = objects(K8S.resolve("daemonset.yaml"));
        Map<String, JsonNode> chart = golden(cloud);
        JsonNode agents = pod(only(chart, "DaemonSet"));

        assertThat(agents.path("affinity")).isEqualTo(patch.path("affinity"));
        assertThat(agents.path("terminationGracePeriodSeconds").asInt(0)).isEqualTo(
                patch.path("terminationGracePeriodSeconds").asInt(150));
        assertThat(config(chart, agents)).isEqualTo(config(base, pod(only(base, "DaemonSet")), patch));

        Path quota = K8S.resolve("overlays/%s/quota.yaml".formatted(overlay));
        assertThat(chart.get("ResourceQuota lastcall")).isEqualTo(
                Files.exists(quota) ? objects(quota).get("ResourceQuota lastcall") : null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"defaults", "aws", "gcp", "azure", "everything"})
    void everyRenderingIsOfKubernetesAndItsConfigurationIsTaken(String name) throws IOException {
        Map<String, JsonNode> objects = golden(name);
        for (JsonNode object : objects.values()) {
            if (!object.path("apiVersion").asString("").equals("monitoring.coreos.com/v1")) {
                assertThat(StrictModel.unknownFields(YAML.writeValueAsString(object))).as("%s", object).isEmpty();
            }
        }
        JsonNode daemonSet = only(objects, "DaemonSet");
        assertThat(config(objects, pod(daemonSet))).isNotNull();
        assertThat(pod(daemonSet).path("enableServiceLinks").asBoolean(true)).isFalse();
    }

    @Test
    void theRightsForNodeSignalsAreThoseOfTheirComponent() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        only(objects(K8S.resolve("daemonset.yaml")), "ClusterRole").path("rules").forEach(rules::add);
        only(objects(K8S.resolve("node-signals/rbac.yaml")), "ClusterRole").path("rules").forEach(rules::add);
        assertThat(only(golden("everything"), "ClusterRole").path("rules")).containsExactlyElementsOf(rules);
    }

    @Test
    void thePolicyIsTheComponentsForTheReleasesAccount() throws IOException {
        Map<String, JsonNode> objects = golden("everything");
        String account = pod(only(objects, "DaemonSet")).path("serviceAccountName").asString("");
        String component = Files.readString(K8S.resolve("own-node-policy/policy.yaml"))
                .replace("system:serviceaccount:lastcall:lastcall", "system:serviceaccount:ai:" + account)
                .replace("lastcall-own-node", "spot-lastcall-own-node");
        assertThat(objects).containsAllEntriesOf(objects(component));
        assertThat(account).isEqualTo("drainer");
    }

    private AgentConfig config(Map<String, JsonNode> objects, JsonNode... pods) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode pod : pods) {
            for (JsonNode one : pod.path("containers").path(0).path("env")) {
                environment.put(one.path("name").asString(""), one.path("value").asString("of-the-cluster"));
            }
        }
        Path file = place.resolve("lastcall.yaml");
        Files.writeString(file, only(objects, "ConfigMap").path("data").path("lastcall.yaml").asString(""));
        return switch (ConfigReader.read(new ConfigInputs(file, true, environment, List.of()))) {
            case ConfigResult.Valid valid -> valid.config();
            case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems().toString());
        };
    }

    private static JsonNode pod(JsonNode daemonSet) {
        return daemonSet.path("spec").path("template").path("spec");
    }

    private static JsonNode only(Map<String, JsonNode> objects, String kind) {
        List<JsonNode> found = objects.values()
                .stream()
                .filter(one -> kind.equals(one.path("kind").asString("")))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.getFirst();
    }

    private static Map<String, JsonNode> golden(String name) throws IOException {
        return objects(HELM.resolve("tests/golden/" + name + ".yaml"));
    }

    private static Map<String, JsonNode> objects(Path file) throws IOException {
        return objects(Files.readString(file));
    }

    /** By kind and name; what only a release has is left out, and the configuration is a tree, because its text may differ. */
    private static Map<String, JsonNode> objects(String text) throws IOException {
        Map<String, JsonNode> objects = new TreeMap<>();
        for (String document : text.split("(?m)^---$", -1)) {
            if (YAML.readTree(document) instanceof ObjectNode object) {
                withoutHelm(object);
                if (object.path("kind").asString("").equals("ConfigMap")
                        && object.get("data") instanceof ObjectNode data) {
                    JsonNode configuration = YAML.readTree(data.path("lastcall.yaml").asString(""));
                    data.put("lastcall.yaml", YAML.writeValueAsString(sorted(configuration)));
                }
                objects.put(object.path("kind").asString("") + " " + object.path("metadata").path("name").asString(""),
                        object);
            }
        }
        return objects;
    }

    private static JsonNode sorted(JsonNode node) {
        if (!(node instanceof ObjectNode)) {
            return node;
        }
        Map<String, JsonNode> fields = new TreeMap<>();
        node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
        return YAML.createObjectNode().setAll(fields);
    }

    private static void withoutHelm(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(OF_HELM);
        }
        List<JsonNode> parts = new ArrayList<>();
        node.forEach(parts::add);
        parts.forEach(HelmChartTest::withoutHelm);
        if (node instanceof ObjectNode object && object.get("annotations") instanceof ObjectNode left
                && left.isEmpty()) {
            object.remove("annotations");
        }
    }
}
