// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a metadata server's JSON, strictly and within bounds: one whole document, nothing behind it, no deep nesting. */
public final class JsonBody {

    /** Deepest nesting in any contract is four. */
    private static final int MAX_DEPTH = 32;

    private static final JsonMapper STRICT = JsonMapper.builder(
            JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /** The document that {@code body} is. */
    public static JsonNode document(String body) throws MalformedAnswerException {
        try {
            JsonNode node = STRICT.readTree(body);
            if (node == null || node.isMissingNode()) {
                throw new MalformedAnswerException("an empty body");
            }
            return node;
        } catch (JacksonException e) {
            throw new MalformedAnswerException("a body that is no JSON:" + Explainer.quote(body));
        }
    }

    /** The object that {@code body} is. */
    public static JsonNode object(String body) throws MalformedAnswerException {
        JsonNode node = document(body);
        if (!node.isObject()) {
            throw new MalformedAnswerException("JSON that is no object:" + Explainer.quote(body));
        }
        return node;
    }

    /** A field's text; empty where it is absent, null, blank or not a string. */
    public static Optional<String> text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        return value == null || !value.isString() || value.stringValue().isBlank()
                ? Optional.empty()
                : Optional.of(value.stringValue().strip());
    }
}
