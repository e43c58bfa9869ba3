// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One object of a JSON document that the program itself wrote. A key that is missing, or holds another type than the one that
 * is asked for, is empty: who needs it says so. Read by hand, because binding by reflection would be half of what the agent's
 * start loads, and would stay in its memory. Immutable.
 */
public final class JsonObject {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, @Nullable Object> values;

    private JsonObject(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /**
     * Reads a document.
     *
     * @param what it is, for the message
     * @throws tools.jackson.core.JacksonException if it is no JSON
     * @throws IllegalArgumentException if it is no object
     */
    public static JsonObject read(String text, String what) {
        return read(FACTORY.createParser(ObjectReadContext.empty(), text), what);
    }

    /** The same of bytes in UTF-8; others are no JSON. */
    public static JsonObject read(byte[] bytes, String what) {
        return read(FACTORY.createParser(ObjectReadContext.empty(), bytes), what);
    }

    private static JsonObject read(JsonParser parser, String what) {
        try (parser) {
            if (value(parser, parser.nextToken()) instanceof JsonObject object) {
                return object;
            }
        }
        throw new IllegalArgumentException(what + " is no JSON object");
    }

    private static @Nullable Object value(JsonParser json, @Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = json.currentName();
                    values.put(name, value(json, json.nextToken()));
                }
                yield new JsonObject(values);
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (JsonToken item = json.nextToken(); item != null && item != JsonToken.END_ARRAY; item = json
                        .nextToken()) {
                    items.add(value(json, item));
                }
                yield items;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    /** The value of a key as text, whatever it is; in the order of the document. */
    public Map<String, String> asTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    /** A string. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** A whole number; of one that is not, its whole part. */
    public OptionalLong integer(String key) {
        return values.get(key) instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }

    /** A number. */
    public OptionalDouble number(String key) {
        return values.get(key) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /** Whether it is {@code true}. */
    public boolean flag(String key) {
        return Boolean.TRUE.equals(values.get(key));
    }

    /** An object. */
    public Optional<JsonObject> object(String key) {
        return values.get(key) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }

    /** The objects of an array; empty where it is none, and what in it is no object is passed over. */
    public <T> List<T> objects(String key, Function<JsonObject, T> reader) {
        List<T> list = new ArrayList<>();
        if (values.get(key) instanceof List<?> items) {
            for (Object item : items) {
                if (item instanceof JsonObject object) {
                    list.add(reader.apply(object));
                }
            }
        }
        return list;
    }

    /** The strings of an array. */
    public List<String> texts(String key) {
        return values.get(key) instanceof List<?> items
                ? items.stream().filter(String.class::isInstance).map(String.class::cast).toList()
                : List.of();
    }

    /** How many items an array has, of whatever type. */
    public OptionalInt size(String key) {
        return values.get(key) instanceof List<?> items ? OptionalInt.of(items.size()) : OptionalInt.empty();
    }
}
