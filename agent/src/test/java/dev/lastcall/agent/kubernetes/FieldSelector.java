// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import io.vertx.core.http.HttpServerRequest;
import tools.jackson.databind.JsonNode;

/**
 * What of a collection a request wants. A request for all of it is a fault: a node's agent asks for its own.
 *
 * @param section of the object
 * @param field of the section
 * @param value that the field must have
 */
record FieldSelector(String section, String field, String value) {

    static FieldSelector of(HttpServerRequest request) {
        String[] parts = String.valueOf(request.params().get("fieldSelector")).split("=", 2);
        return switch (parts[0]) {
            case "spec.nodeName" -> new FieldSelector("spec", "nodeName", parts[1]);
            case "metadata.name" -> new FieldSelector("metadata", "name", parts[1]);
            default -> throw new IllegalStateException("a list of the whole cluster: " + request.uri());
        };
    }

    boolean selects(JsonNode object) {
        return object.path(section).path(field).asString("").equals(value);
    }
}
