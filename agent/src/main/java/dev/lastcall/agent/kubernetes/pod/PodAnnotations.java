// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.metadata.ProviderText;
import tools.jackson.databind.JsonNode;

/**
 * What a pod's annotations ask for. What is wrong in them is left out and listed in {@link #problems}, so that the pod is
 * drained by the defaults. Immutable.
 *
 * @param drain whether it is drained, whatever it requests; empty where it does not say
 * @param port where it serves
 * @param kind which server it is
 * @param policy how it goes
 * @param holds whether it holds its own door, so that it may be deleted at once
 * @param grace what it needs from SIGTERM to its exit
 * @param problems what is wrong, for people, in a bounded number of bounded lines
 */
record PodAnnotations(Optional<Boolean> drain, Optional<Integer> port, Optional<ServerKind> kind,
        Optional<PodSettings.Policy> policy,
        Optional<Boolean> holds, Optional<Duration> grace, List<String> problems) {

    static final String PREFIX = "lastcall.dev/";

    /** Longest time to exit that is believed; no window on a GPU cloud that drains is longer. */
    static final Duration MAX_GRACE = Duration.ofMinutes(10);

    private static final int MAX_SHOWN = 60;
    private static final int MAX_PROBLEMS = 5;
    private static final Set<String> KNOWN = Set.of("drain", "port", "kind", "policy", "hold", "grace");

    PodAnnotations {
        problems = List.copyOf(problems);
    }

    static PodAnnotations read(JsonNode annotations) {
        List<String> problems = new ArrayList<>();
        PodAnnotations read = new PodAnnotations(
                value(annotations, "drain", "true or false", PodAnnotations::flag, problems),
                value(annotations, "port", "a port, 1 to 65535", PodAnnotations::port, problems),
                value(annotations, "kind", "one of " + String.join(", ", Kinds.names()), PodAnnotations::kind,
                        problems),
                value(annotations, "policy", "evict, delete or leave", PodAnnotations::policy, problems),
                value(annotations, "hold", "true or false", PodAnnotations::flag, problems),
                value(annotations, "grace", "seconds such as 20s, at most 600s", PodAnnotations::grace, problems),
                List.of());
        annotations.propertyNames()
                .stream()
                .filter(key -> key.startsWith(PREFIX) && !KNOWN.contains(key.substring(PREFIX.length())))
                .forEach(key -> problems.add(shown(key) + " is no annotation of Lastcall's"));
        return new PodAnnotations(read.drain, read.port, read.kind, read.policy, read.holds, read.grace,
                problems.subList(0, Math.min(problems.size(), MAX_PROBLEMS)));
    }

    private static <T> Optional<T> value(JsonNode annotations, String key, String allowed,
            Function<String, Optional<T>> reader, List<String> problems) {
        JsonNode node = annotations.path(PREFIX + key);
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        String text = node.asString("");
        Optional<T> value = reader.apply(text);
        if (value.isEmpty()) {
            problems.add(PREFIX + key + " is \"" + shown(text) + "\"; it must be " + allowed);
        }
        return value;
    }

    private static String shown(String text) {
        return ProviderText.printable(text, MAX_SHOWN);
    }

    private static Optional<Integer> port(String text) {
        return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535
                ? Optional.of(Integer.parseInt(text))
                : Optional.empty();
    }

    private static Optional<ServerKind> kind(String text) {
        return ServerKind.of(text);
    }

    private static Optional<PodSettings.Policy> policy(String text) {
        return Arrays.stream(PodSettings.Policy.values()).filter(policy -> policy.word().equals(text)).findFirst();
    }

    private static Optional<Boolean> flag(String text) {
        return switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Duration> grace(String text) {
        return text.matches("[0-9]{1,3}s")
                ? Optional.of(Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1))))
                        .filter(grace -> grace.compareTo(MAX_GRACE) <= 0)
                : Optional.empty();
    }
}
