// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.Map;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body the body
 * @param headers beside those that every answer has
 */
record ApiAnswer(int status, String contentType, String body, Map<String, String> headers) {

    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";

    /** The code of what was done in part. */
    static final String UNFINISHED = "unfinished";

    static ApiAnswer of(int status, String contentType, String body) {
        return new ApiAnswer(status, contentType, body, Map.of());
    }

    static ApiAnswer error(int status, String code, String message) {
        return error(status, code, message, Map.of());
    }

    static ApiAnswer error(int status, String code, String message, Map<String, String> headers) {
        return new ApiAnswer(status, JSON,
                "{\"error\":{\"code\":" + JsonText.quote(code) + ",\"message\":" + JsonText.quote(message) + "}}\n",
                headers);
    }
}
