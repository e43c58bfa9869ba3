// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What is applied to a cluster holds no field that Kubernetes does not have, and no permission that is not used. */
class ManifestsTest {

    private static final Path ROOT = Path.of("../k8s");
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    static List<Path> manifests() {
        return files(path -> !path.endsWith("kustomization.yaml") && !path.endsWith("alerts_test.yaml"));
    }

    static List<Path> kustomizations() {
        return files(path -> path.getFileName().toString().equals("kustomization.yaml"));
    }

    private static List<Path> files(Predicate<Path> wanted) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(path -> path.toString().endsWith(".yaml")).filter(wanted).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyObjectIsOneOfKubernetesWithNoUnknownField(Path manifest) throws IOException {
        for (String document : documents(manifest)) {
            Object object = new KubernetesSerialization().unmarshal(document);
            if (object instanceof GenericKubernetesResource custom) {
                assertThat(custom.getApiVersion()).isEqualTo("monitoring.coreos.com/v1");
            } else {
                assertThat(object).isInstanceOf(HasMetadata.class);
                assertThat(StrictModel.unknownFields(document)).as(document).isEmpty();
            }
        }
    }

    @Test
    void aFieldThatKubernetesDoesNotHaveIsFound() {
        assertThat(StrictModel.unknownFields("""
                apiVersion: v1
                kind: Pod
                metadata: {name: x}
                spec: {containers: [{name: c, imagePolicy: Always}]}
                """)).singleElement().asString().endsWith("imagePolicy");
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyOverlayRefersToWhatIsThereAndPatchesFieldsOfTheDaemonSet(Path kustomization) throws IOException {
        JsonNode read = YAML.readTree(Files.readString(kustomization));
        assertThat(read.propertyNames()).isSubsetOf("apiVersion", "kind", "resources", "patches");
        for (JsonNode resource : read.path("resources")) {
            assertThat(kustomization.resolveSibling(resource.asString(""))).exists();
            assertThat(isWithinReach(kustomization, resource.asString(""))).as("%s", resource).isTrue();
        }
        for (JsonNode patch : read.path("patches")) {
            String text = patch.path("patch").asString("");
            assertThat(StrictModel.unknownFields(text)).isEmpty();
            DaemonSet patched = new KubernetesSerialization().unmarshal(text, DaemonSet.class);
            assertThat(patched.getMetadata().getName()).isEqualTo("lastcall");
            assertThat(patched.getMetadata().getNamespace()).isEqualTo("lastcall");
            assertThat(patched.getSpec().getTemplate().getSpec().getContainers()).extracting(Container::getName)
                    .containsExactly("lastcall");
            List<EnvVar> together = new ArrayList<>(variables(find(DaemonSet.class)));
            together.addAll(variables(patched));
            assertThat(problems(Map.of(), together)).isEmpty();
        }
    }

    /** Kustomize takes files of the folder itself and other folders, but none that the folder lies in. */
    private static boolean isWithinReach(Path kustomization, String resource) throws IOException {
        Path folder = kustomization.resolveSibling(".").toRealPath();
        Path there = kustomization.resolveSibling(resource).toRealPath();
        return Files.isDirectory(there) ? !folder.startsWith(there) : there.startsWith(folder);
    }

    @Test
    void kustomizesOwnProgramTakesEveryOverlayAndTheComponents(@TempDir Path copy) throws Exception {
        Assumptions.assumeTrue(isThereKubectl(), "no kubectl on the path");
        for (Path file : files(path -> true)) {
            Path target = copy.resolve(ROOT.relativize(file));
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
        Path monitored = Files.createDirectories(copy.resolve("overlays/monitored"));
        Files.writeString(monitored.resolve("kustomization.yaml"),
                "resources: [../gke]\ncomponents: [../../monitoring, ../../node-signals, ../../own-node-policy]\n");
        for (String overlay : List.of("aks", "eks", "gke", "k3s", "monitored")) {
            assertThat(rendered(copy.resolve("overlays").resolve(overlay))).as(overlay)
                    .contains("LASTCALL_KUBERNETES_NODE", "kind: ClusterRoleBinding");
        }
        assertThat(rendered(monitored)).contains("LASTCALL_API_LISTEN", "LASTCALL_CLOUD", "kind: PodMonitor",
                "name: lastcall-node-signals", "kind: ValidatingAdmissionPolicyBinding");
    }

    private static boolean isThereKubectl() {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(one -> Files.isExecutable(Path.of(one, "kubectl")));
    }

    private static String rendered(Path overlay) throws Exception {
        Process process = new ProcessBuilder("kubectl", "kustomize", overlay.toString()).redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    @Test
    void theConfigurationOfTheDaemonSetIsOneThatTheProgramTakes() throws IOException {
        ConfigMap config = find(ConfigMap.class);
        assertThat(problems(config.getData(), variables(find(DaemonSet.class)))).isEmpty();
    }

    private static List<EnvVar> variables(DaemonSet daemonSet) {
        return daemonSet.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv();
    }

    private static List<String> problems(Map<String, String> files, List<EnvVar> variables) throws IOException {
        Path file = Files.createTempFile("lastcall", ".yaml");
        Files.writeString(file, files.getOrDefault("lastcall.yaml", ""));
        Map<String, String> environment = new HashMap<>();
        variables.forEach(one -> environment.put(one.getName(), one.getValue() == null ? "gpu-1" : one.getValue()));
        ConfigResult result = ConfigReader.read(new ConfigInputs(file, true, environment, List.of()));
        Files.delete(file);
        return result instanceof ConfigResult.Invalid invalid
                ? invalid.problems().stream().map(Object::toString).toList()
                : List.of();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void noPodHasVariablesMadeOfServicesAndNoBudgetKeepsAnUnreadyPodFromGoing(Path manifest) throws IOException {
        for (String document : documents(manifest)) {
            JsonNode object = YAML.readTree(document);
            for (JsonNode spec : object.findValues("template").stream().map(one -> one.path("spec")).toList()) {
                assertThat(spec.path("enableServiceLinks").asBoolean(true)).as("%s", manifest).isFalse();
            }
            if (object.path("kind").asString("").equals("PodDisruptionBudget")) {
                assertThat(object.path("spec").path("unhealthyPodEvictionPolicy").asString("")).isEqualTo(
                        "AlwaysAllow");
            }
        }
    }

    @Test
    void theAgentsHaveNoMorePrivilegesThanTheyNeedAndAreNeverAllRestartedAtOnce() throws IOException {
        var spec = find(DaemonSet.class).getSpec();
        var pod = spec.getTemplate().getSpec();
        var security = pod.getContainers().getFirst().getSecurityContext();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(security.getReadOnlyRootFilesystem()).isTrue();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getPriorityClassName()).isEqualTo("system-node-critical");
        assertThat(spec.getUpdateStrategy().getRollingUpdate().getMaxUnavailable().getIntVal()).isEqualTo(1);
    }

    @Test
    void everyPermissionThatIsUsedIsGrantedAndEveryOneThatIsGrantedIsUsed() throws Exception {
        assertThat(UsedPermissions.ofANoticeAndAllThatFollows()).isEqualTo(granted("daemonset.yaml"));
    }

    @Test
    void theNodesOwnSignalsNeedWhatTheirRoleGrantsAndNoMoreButTheLookThatTheBaseGrants() throws Exception {
        Set<String> granted = granted("node-signals/rbac.yaml");
        granted.add("get nodes");
        assertThat(UsedPermissions.ofSignalsOnTheNode()).isEqualTo(granted);
        assertThat(granted("daemonset.yaml")).contains("get nodes").doesNotContain("list nodes", "watch nodes");
    }

    private static Set<String> granted(String manifest) throws IOException {
        Set<String> granted = new TreeSet<>();
        find(ClusterRole.class, manifest).getRules().forEach(rule -> {
            assertThat(rule.getApiGroups()).containsExactly("");
            rule.getResources()
                    .forEach(resource -> rule.getVerbs().forEach(verb -> granted.add(verb + " " + resource)));
        });
        return granted;
    }

    private static <T extends HasMetadata> T find(Class<T> type) throws IOException {
        return find(type, "daemonset.yaml");
    }

    private static <T extends HasMetadata> T find(Class<T> type, String manifest) throws IOException {
        for (String document : documents(ROOT.resolve(manifest))) {
            Object object = new KubernetesSerialization().unmarshal(document);
            if (type.isInstance(object)) {
                return type.cast(object);
            }
        }
        throw new AssertionError("no " + type);
    }

    private static List<String> documents(Path manifest) throws IOException {
        List<String> documents = new ArrayList<>();
        for (String document : Files.readString(manifest).split("(?m)^---$", -1)) {
            if (document.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
                documents.add(document);
            }
        }
        return documents;
    }
}
