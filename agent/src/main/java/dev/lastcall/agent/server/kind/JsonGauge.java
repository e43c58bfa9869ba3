// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.Optional;

import dev.lastcall.agent.server.InFlight;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.JsonPointerBasedFilter;
import tools.jackson.core.filter.TokenFilter;
import tools.jackson.databind.json.JsonMapper;

/** Reads requests in flight out of JSON, token by token: an answer of some megabytes makes no tree of objects. Stateless. */
final class JsonGauge {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonGauge() {}

    /** The number that a JSON pointer (RFC 6901) leads to; an array counts its elements. Nothing else is kept. */
    static InFlight at(JsonPointer pointer, String text) {
        try (JsonParser whole = JSON.createParser(text);
                JsonParser there = new FilteringParserDelegate(whole, new JsonPointerBasedFilter(pointer),
                        TokenFilter.Inclusion.ONLY_INCLUDE_ALL, false)) {
            JsonToken token = there.nextToken();
            InFlight read = token == null
                    ? new InFlight.Unobservable("the answer has nothing at " + pointer)
                    : value(there, token, pointer);
            toTheEnd(whole);
            return read;
        } catch (JacksonException e) {
            return new InFlight.Unclear("the answer is not JSON");
        }
    }

    private static InFlight value(JsonParser there, JsonToken token, JsonPointer pointer) {
        if (token == JsonToken.START_ARRAY) {
            int elements = 0;
            while (there.nextToken() != JsonToken.END_ARRAY) {
                there.skipChildren();
                elements++;
            }
            return new InFlight.Gauged(elements);
        }
        return token.isNumeric() && there.getDoubleValue() >= 0
                ? Gauges.count(there.getDoubleValue())
                : new InFlight.Unclear("not a count at " + pointer);
    }

    /** What comes after it has to be JSON as well: a page that breaks off is no reading. */
    private static void toTheEnd(JsonParser whole) {
        while (whole.nextToken() != null) {
            whole.skipChildren();
        }
    }

    /** llama-server's {@code /slots}: an array with {@code is_processing} in each; deferred requests do not show. */
    static InFlight slots(String text) {
        try (JsonParser slots = JSON.createParser(text)) {
            if (slots.nextToken() != JsonToken.START_ARRAY) {
                return new InFlight.Unclear("/slots is not a list of slots");
            }
            int busy = 0;
            int all = 0;
            while (slots.nextToken() == JsonToken.START_OBJECT) {
                Optional<Boolean> processing = processing(slots);
                if (processing.isEmpty()) {
                    return new InFlight.Unclear("a slot does not say whether it is processing");
                }
                busy += processing.get() ? 1 : 0;
                all++;
            }
            return slots.currentToken() == JsonToken.END_ARRAY && all > 0
                    ? new InFlight.Gauged(busy)
                    : new InFlight.Unclear("/slots is not a list of slots");
        } catch (JacksonException e) {
            return new InFlight.Unclear("/slots is not JSON");
        }
    }

    /** Reads one slot to its end. */
    private static Optional<Boolean> processing(JsonParser slot) {
        Optional<Boolean> processing = Optional.empty();
        while (slot.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean wanted = slot.currentName().equals("is_processing");
            JsonToken value = slot.nextToken();
            if (wanted && value != null && value.isBoolean()) {
                processing = Optional.of(value == JsonToken.VALUE_TRUE);
            }
            slot.skipChildren();
        }
        return processing;
    }
}
