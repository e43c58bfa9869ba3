// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The policy is complete, and about the agents alone. That its expressions judge as they should, {@code proof/policy} shows. */
class OwnNodePolicyTest {

    /** What RBAC calls each change of an object that is there; the policy is asked about it under another name. */
    private static final Map<String, String> OPERATIONS = Map.of("patch", "UPDATE", "update", "UPDATE", "delete",
            "DELETE",
            "deletecollection", "DELETE");

    /** Their objects name no node. */
    private static final Set<String> UNBOUND = Set.of("create pods/eviction", "create events");

    private final ValidatingAdmissionPolicy policy = read("own-node-policy/policy.yaml",
            ValidatingAdmissionPolicy.class);

    @Test
    void itIsAboutTheAgentsAccountOnly() {
        var account = read("daemonset.yaml", ServiceAccount.class).getMetadata();
        assertThat(policy.getSpec().getMatchConditions()).singleElement()
                .extracting(condition -> condition.getExpression())
                .isEqualTo(
                        "request.userInfo.username == 'system:serviceaccount:%s:%s'".formatted(account.getNamespace(),
                                account.getName()));
    }

    @Test
    void itIsAskedAboutEveryChangeThatTheClusterRoleGrants() {
        Set<String> judged = new TreeSet<>();
        policy.getSpec().getMatchConstraints().getResourceRules().forEach(rule -> {
            assertThat(rule.getApiGroups()).containsExactly("");
            assertThat(rule.getApiVersions()).containsExactly("v1");
            rule.getResources()
                    .forEach(resource -> rule.getOperations()
                            .forEach(operation -> judged.add(operation + " " + resource)));
        });
        Set<String> granted = new TreeSet<>();
        List<String> others = new ArrayList<>();
        read("daemonset.yaml", ClusterRole.class).getRules()
                .forEach(rule -> rule.getResources().forEach(resource -> rule.getVerbs().forEach(verb -> {
                    if (OPERATIONS.containsKey(verb)) {
                        granted.add(OPERATIONS.get(verb) + " " + resource);
                    } else if (!Set.of("get", "list", "watch").contains(verb)) {
                        others.add(verb + " " + resource);
                    }
                })));
        assertThat(judged).isEqualTo(granted);
        assertThat(others).containsExactlyInAnyOrderElementsOf(UNBOUND);
    }

    @Test
    void whatItCannotJudgeAndWhatItFindsAreRefused() {
        var binding = read("own-node-policy/policy.yaml", ValidatingAdmissionPolicyBinding.class).getSpec();
        assertThat(policy.getSpec().getFailurePolicy()).isEqualTo("Fail");
        assertThat(binding.getPolicyName()).isEqualTo(policy.getMetadata().getName());
        assertThat(binding.getValidationActions()).containsExactly("Deny");
        assertThat(binding.getMatchResources()).isNull();
        assertThat(policy.getSpec().getValidations()).allSatisfy(validation -> {
            assertThat(validation.getReason()).as("the agent reads a 403 as a missing permission")
                    .isEqualTo("Forbidden");
        });
    }

    private static <T> T read(String file, Class<T> type) {
        String text;
        try {
            text = Files.readString(Path.of("../k8s").resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        for (String document : text.split("(?m)^---$", -1)) {
            Object object = new KubernetesSerialization().unmarshal(document);
            if (type.isInstance(object)) {
                return type.cast(object);
            }
        }
        throw new AssertionError("no " + type + " in " + file);
    }
}
