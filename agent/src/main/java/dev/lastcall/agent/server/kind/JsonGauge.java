// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import dev.lastcall.agent.server.InFlight;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads requests in flight out of JSON. Stateless. */
final class JsonGauge {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonGauge() {}

    /** The number that a JSON pointer (RFC 6901) leads to; an array counts its elements. */
    static InFlight at(JsonPointer pointer, String text) {
        try {
            JsonNode node = JSON.readTree(text).at(pointer);
            if (node.isMissingNode()) {
                return new InFlight.Unobservable("the answer has nothing at " + pointer);
            }
            if (node.isArray()) {
                return new InFlight.Gauged(node.size());
            }
            if (node.isNumber() && node.doubleValue() >= 0) {
                return Gauges.count(node.doubleValue());
            }
            return new InFlight.Unclear("not a count at " + pointer);
        } catch (JacksonException e) {
            return new InFlight.Unclear("the answer is not JSON");
        }
    }

    /** llama-server's {@code /slots}: an array with {@code is_processing} in each; deferred requests do not show. */
    static InFlight slots(String text) {
        try {
            JsonNode slots = JSON.readTree(text);
            if (!slots.isArray() || slots.isEmpty()) {
                return new InFlight.Unclear("/slots is not a list of slots");
            }
            int busy = 0;
            for (JsonNode slot : slots) {
                JsonNode processing = slot.path("is_processing");
                if (!processing.isBoolean()) {
                    return new InFlight.Unclear("a slot does not say whether it is processing");
                }
                busy += processing.booleanValue() ? 1 : 0;
            }
            return new InFlight.Gauged(busy);
        } catch (JacksonException e) {
            return new InFlight.Unclear("/slots is not JSON");
        }
    }
}
