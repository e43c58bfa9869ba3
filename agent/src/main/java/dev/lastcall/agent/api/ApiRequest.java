// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.values.Secret;

/**
 * A request, once it has been read whole within its bounds.
 *
 * @param method in capitals
 * @param path without the query
 * @param bearer the bearer token of the header {@code Authorization}
 * @param contentType of the body, without parameters and in small letters; empty without one
 * @param event the attributes of a CloudEvent that headers carry, by their names; empty where there are none
 * @param body as text
 * @param overSocket whether it came over the control socket, whose file mode has decided who may speak
 * @param waitedFor whether the client still waits for the answer
 */
record ApiRequest(String method, String path, Optional<Secret> bearer, String contentType, Map<String, String> event,
        String body, boolean overSocket, BooleanSupplier waitedFor) {

    ApiRequest {
        event = Map.copyOf(event);
    }
}
