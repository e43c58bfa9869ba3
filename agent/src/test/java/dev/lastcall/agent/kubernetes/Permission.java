// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;

/** What of RBAC a request needs: verb and resource. */
final class Permission {

    private Permission() {}

    static String of(HttpServerRequest request) {
        MultiMap query = request.params();
        String[] parts = String.valueOf(request.path()).split("/", -1);
        int resource = parts.length > 5 && parts[3].equals("namespaces") ? 5 : 3;
        boolean named = parts.length > resource + 1;
        String verb = switch (request.method().name()) {
            case "GET" -> query.contains("watch") ? "watch" : named ? "get" : "list";
            case "POST" -> "create";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default -> request.method().name();
        };
        return verb + " " + parts[resource] + (parts.length > resource + 2 ? "/" + parts[resource + 2] : "");
    }
}
