// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.util.Objects;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How the API server words its answers. */
final class Answers {

    private Answers() {}

    static void deleted(HttpServerRequest request, int status) {
        if (status / 100 == 2) {
            write(request, status, status(status, "", ""));
        } else {
            refused(request, status);
        }
    }

    static void refused(HttpServerRequest request, int status) {
        if (status == 404) {
            absent(request);
        } else {
            write(request, status, status(status, "Conflict", "the object has been modified"));
        }
    }

    /** As the API server words it of an object, with its name; of a path that it does not know it gives no details. */
    static void absent(HttpServerRequest request) {
        String[] parts = Objects.requireNonNull(request.path()).split("/", -1);
        int resource = parts[3].equals("namespaces") ? 5 : 3;
        ObjectNode status = status(404, "NotFound", parts[resource] + " \"" + parts[resource + 1] + "\" not found");
        status.putObject("details").put("name", parts[resource + 1]).put("kind", parts[resource]);
        write(request, 404, status);
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
        write(request, status, body.toString());
    }

    static void write(HttpServerRequest request, int status, String body) {
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(body));
        }
    }
}
