// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;

/**
 * One request to the API server. Immutable.
 *
 * @param verb what is done
 * @param path from the root, with its query
 * @param contentType of the body; empty without one
 * @param body as JSON; empty without one
 * @param bound of one attempt
 */
public record Call(Verb verb, String path, String contentType, String body, Duration bound) {

    /** Longest single attempt; an API server that is slow by some seconds is still heard. */
    public static final Duration BOUND = Duration.ofSeconds(10);

    private static final String JSON = "application/json";

    /** What is done; the closed set labels a metric. */
    public enum Verb {
        /** Reads one object. */
        GET("get"),
        /** Reads many. */
        LIST("list"),
        /** Hears of changes. */
        WATCH("watch"),
        /** Makes an object. */
        CREATE("create"),
        /** Changes one. */
        PATCH("patch"),
        /** Takes one away. */
        DELETE("delete");

        private final String label;

        Verb(String label) {
            this.label = label;
        }

        /** The lower-case name, as RBAC has it. */
        public String label() {
            return label;
        }
    }

    /** Reads one object. */
    public static Call get(String path) {
        return new Call(Verb.GET, path, "", "", BOUND);
    }

    /** Reads many objects. */
    public static Call list(String path, Map<String, String> query) {
        return new Call(Verb.LIST, path + query(query), "", "", BOUND);
    }

    /** Makes an object, or a subresource of one. */
    public static Call create(String path, JsonNode body) {
        return new Call(Verb.CREATE, path, JSON, body.toString(), BOUND);
    }

    /** Takes an object away, on the terms of a {@code DeleteOptions}. */
    public static Call delete(String path, JsonNode options) {
        return new Call(Verb.DELETE, path, JSON, options.toString(), BOUND);
    }

    /** Changes what a JSON merge patch names; lists are replaced whole. */
    public static Call mergePatch(String path, JsonNode patch) {
        return new Call(Verb.PATCH, path, "application/merge-patch+json", patch.toString(), BOUND);
    }

    /** Changes what a strategic merge patch names; conditions are merged by their type. */
    public static Call strategicPatch(String path, JsonNode patch) {
        return new Call(Verb.PATCH, path, "application/strategic-merge-patch+json", patch.toString(), BOUND);
    }

    static String query(Map<String, String> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet()
                        .stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "?", ""));
    }

    /** The same with another bound of one attempt. */
    public Call within(Duration other) {
        return new Call(verb, path, contentType, body, other);
    }

    /** As messages name it: verb and path, never the body. */
    @Override
    public String toString() {
        return verb.label() + " " + path;
    }
}
