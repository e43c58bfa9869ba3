// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How the API server words its answers. */
final class Answers {

    private Answers() {}

    static void deleted(HttpServerRequest request, int status) {
        write(request, status, status(status, status == 404 ? "NotFound" : status == 409 ? "Conflict" : "", ""));
    }

    static void absent(HttpServerRequest request) {
        write(request, 404, status(404, "NotFound", "not found"));
    }

    static String line(String type, JsonNode object) {
        ObjectNode event = ClusterStore.JSON.createObjectNode().put("type", type);
        event.set("object", object);
        return event + "\n";
    }

    static ObjectNode status(int code, String reason, String message) {
        return ClusterStore.JSON.createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", code / 100 == 2 ? "Success" : "Failure")
                .put("message", message)
                .put("reason", reason)
                .put("code", code);
    }

    static void write(HttpServerRequest request, int status, JsonNode body) {
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(body.toString()));
        }
    }
}
