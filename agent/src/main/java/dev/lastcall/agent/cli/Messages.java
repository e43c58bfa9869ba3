// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the agent's short answers say. */
final class Messages {

    private static final int MAX_LENGTH = 400;

    private Messages() {}

    /** The first {@code message} in a JSON answer, made harmless; the status where there is none. */
    static String of(String body, int status) {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), body)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && json.currentName().equals("message")
                        && json.nextToken() == JsonToken.VALUE_STRING) {
                    return AnsiColors.fit(AnsiColors.plain(json.getString()), MAX_LENGTH);
                }
            }
        } catch (JacksonException notJson) {
            return "status " + status;
        }
        return "status " + status;
    }
}
