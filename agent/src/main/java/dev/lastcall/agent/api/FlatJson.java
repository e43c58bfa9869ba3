// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the small objects of requests: known keys, each once, each with a string. */
final class FlatJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private FlatJson() {}

    /**
     * Reads an object; an empty body is the empty object.
     *
     * @throws IllegalArgumentException if it is none, or has other keys; the message is for the caller
     */
    static Map<String, String> read(String body, Set<String> keys) {
        if (body.isBlank()) {
            return Map.of();
        }
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("the body must be a JSON object");
            }
            Map<String, String> values = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                if (!keys.contains(key) || values.containsKey(key)) {
                    throw new IllegalArgumentException(
                            "the body may have each of these keys once: " + String.join(", ", keys));
                }
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    throw new IllegalArgumentException(key + " must be a string");
                }
                values.put(key, json.getString());
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("the body must be one JSON object and nothing else");
            }
            return values;
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("the body is no valid JSON", malformed);
        }
    }
}
