// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.lastcall.metadata.ProviderText;
import tools.jackson.databind.JsonNode;

/**
 * Finds the container of a pod that has an accelerator: by the name of an extended resource, or by a claim of Dynamic Resource
 * Allocation. What is neither known as one nor as something else is named, so that nothing is left out in silence. Immutable;
 * never throws for what a pod says.
 */
final class Accelerators {

    /** Most unknown resources of a pod that are named. */
    private static final int MAX_NAMED = 5;

    /** Longest name of a resource, by Kubernetes' own rules for qualified names. */
    private static final int MAX_NAME = 317;

    /** Of Kubernetes itself, such as {@code requests.cpu} of quotas; never a device. */
    private static final String OWN_DOMAIN = "kubernetes.io/";

    private final Pattern accelerators;
    private final Pattern others;

    /**
     * @param accelerators names of resources; {@code *} matches any characters
     * @param others the same of extended resources that are none
     */
    Accelerators(List<String> accelerators, List<String> others) {
        this.accelerators = pattern(accelerators);
        this.others = pattern(others);
    }

    private static Pattern pattern(List<String> globs) {
        return Pattern.compile(globs.stream()
                .map(glob -> List.of(glob.split("\\*", -1))
                        .stream()
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")))
                .collect(Collectors.joining("|")));
    }

    /** The first container with an accelerator; empty where no container has one. */
    Optional<JsonNode> container(JsonNode spec) {
        List<JsonNode> lasting = lasting(spec);
        return lasting.stream()
                .filter(container -> requested(container).stream()
                        .anyMatch(name -> accelerators.matcher(name)
                                .matches()))
                .findFirst()
                .or(() -> lasting.stream().filter(container -> claims(spec, container)).findFirst());
    }

    /** Whether the pod asks for an accelerator. A claim that no container names is one of the pod's all the same. */
    boolean has(JsonNode spec) {
        return container(spec).isPresent() || !spec.path("resourceClaims").isEmpty();
    }

    /** Extended resources that a container asks for and that are on no list, a few of them at most. */
    List<String> unknown(JsonNode spec) {
        Set<String> names = new TreeSet<>();
        for (JsonNode container : lasting(spec)) {
            requested(container).stream()
                    .filter(name -> isExtended(name) && !accelerators.matcher(name).matches()
                            && !others.matcher(name).matches())
                    .forEach(name -> names.add(ProviderText.printable(name, MAX_NAME)));
        }
        return names.stream().limit(MAX_NAMED).toList();
    }

    private static boolean isExtended(String name) {
        return name.indexOf('/') > 0 && !name.contains(OWN_DOMAIN);
    }

    /** The containers that run as long as the pod does: the ordinary ones and native sidecars. */
    static List<JsonNode> lasting(JsonNode spec) {
        List<JsonNode> containers = new ArrayList<>();
        spec.path("containers").forEach(containers::add);
        spec.path("initContainers").forEach(container -> {
            if (container.path("restartPolicy").asString("").equals("Always")) {
                containers.add(container);
            }
        });
        return containers;
    }

    private static Set<String> requested(JsonNode container) {
        Set<String> names = new TreeSet<>();
        for (String kind : List.of("limits", "requests")) {
            container.path("resources").path(kind).properties().forEach(one -> {
                if (isSome(one.getValue()) && one.getKey().length() <= MAX_NAME) {
                    names.add(one.getKey());
                }
            });
        }
        return names;
    }

    private static boolean claims(JsonNode spec, JsonNode container) {
        return !spec.path("resourceClaims").isEmpty() && !container.path("resources").path("claims").isEmpty();
    }

    private static boolean isSome(JsonNode quantity) {
        return !quantity.asString("0").equals("0");
    }
}
