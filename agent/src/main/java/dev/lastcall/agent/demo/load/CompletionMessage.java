// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What one JSON document of a completion server says: a whole answer, one event of a stream, or an error.
 *
 * @param text the piece of the answer; may be empty
 * @param finishReason why the answer ends here, or empty while it goes on
 * @param completionTokens how many tokens the server says the answer has, or -1
 * @param error the error's code, or its type or message where it has none; null where this is no error
 */
record CompletionMessage(String text, String finishReason, long completionTokens, @Nullable String error) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads one document; null where it is none. */
    static @Nullable CompletionMessage parse(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            return root.isObject() ? of(root) : null;
        } catch (JacksonException notJson) {
            return null;
        }
    }

    private static CompletionMessage of(JsonNode root) {
        JsonNode error = root.path("error");
        JsonNode choice = root.path("choices").path(0);
        String text = choice.path("text").asString("") + choice.path("delta").path("content").asString("")
                + choice.path("message").path("content").asString("");
        return new CompletionMessage(text, choice.path("finish_reason").asString(""),
                root.path("usage").path("completion_tokens").asLong(-1), error.isObject() ? nameOf(error) : null);
    }

    private static String nameOf(JsonNode error) {
        for (String key : new String[]{"code", "type", "message"}) {
            String value = error.path(key).asString("");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "unnamed";
    }
}
