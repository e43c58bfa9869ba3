// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds events in requests: a CloudEvent in structured or in binary mode ("HTTP Protocol Binding for CloudEvents", 1.0), or an
 * event as EventBridge sends it.
 */
final class EventReader {

    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final String PREFIX = "ce-";
    private static final String VERSION = "specversion";
    private static final List<String> REQUIRED = List.of("id", "source", "type");
    private static final List<String> ATTRIBUTES = List.of(VERSION, "id", "source", "type", "time");

    /** What EventBridge's own form has and no other body of a notice. */
    private static final String DETAIL_TYPE = "detail-type";

    private static final int MAX_ATTRIBUTE = 1024;
    private static final int MAX_DEPTH = 32;

    private static final JsonMapper JSON = JsonMapper.builder(
            JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private EventReader() {}

    /** The type of a body, without its parameters. */
    static String contentType(@Nullable String header) {
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** The attributes of an event in binary mode. */
    static Map<String, String> attributes(UnaryOperator<@Nullable String> header) {
        Map<String, String> attributes = new HashMap<>();
        for (String name : ATTRIBUTES) {
            String value = header.apply(PREFIX + name);
            if (value != null) {
                attributes.put(name, value);
            }
        }
        return attributes;
    }

    /**
     * The event in a request; empty where the request holds none.
     *
     * @throws IllegalArgumentException if it means to hold one and does not; the message is for the caller
     */
    static Optional<ReceivedEvent> read(ApiRequest request) {
        if (request.contentType().equals(BATCH)) {
            throw new IllegalArgumentException("a batch of CloudEvents is not taken; send each event by itself");
        }
        if (request.contentType().equals(STRUCTURED)) {
            return Optional.of(structured(object(request.body())));
        }
        if (!request.event().isEmpty()) {
            return Optional.of(event(request.event(), object(request.body())));
        }
        // A body in Lastcall's own form, or in none, is for another reader to judge.
        return request.body().contains("\"" + DETAIL_TYPE + "\"")
                ? Optional.of(object(request.body()))
                        .filter(body -> body.has(DETAIL_TYPE))
                        .map(body -> new ReceivedEvent("", "", "", "", body.toString()))
                : Optional.empty();
    }

    private static ReceivedEvent structured(JsonNode event) {
        Map<String, String> attributes = new HashMap<>();
        for (String name : ATTRIBUTES) {
            JsonNode value = event.path(name);
            if (value.isString()) {
                attributes.put(name, value.asString(""));
            }
        }
        JsonNode data = event.path("data");
        if (!data.isObject()) {
            throw new IllegalArgumentException("the CloudEvent's data must be a JSON object");
        }
        return event(attributes, data);
    }

    private static ReceivedEvent event(Map<String, String> attributes, JsonNode data) {
        String version = attributes.getOrDefault(VERSION, "");
        if (!version.startsWith("1.")) {
            throw new IllegalArgumentException("a CloudEvent must have the specversion 1.0");
        }
        for (String name : REQUIRED) {
            if (attributes.getOrDefault(name, "").isBlank()) {
                throw new IllegalArgumentException("a CloudEvent must have " + String.join(", ", REQUIRED) + "; " + name
                        + " is missing");
            }
        }
        attributes.forEach((name, value) -> {
            if (value.length() > MAX_ATTRIBUTE || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("the CloudEvent's " + name + " must be at most " + MAX_ATTRIBUTE
                        + " characters, none of them control characters");
            }
        });
        return new ReceivedEvent(attributes.getOrDefault("id", ""), attributes.getOrDefault("source", ""),
                attributes.getOrDefault("type", ""), attributes.getOrDefault("time", ""), data.toString());
    }

    private static JsonNode object(String body) {
        try {
            JsonNode read = JSON.readTree(body);
            if (read != null && read.isObject()) {
                return read;
            }
            throw new IllegalArgumentException("the event must be a JSON object");
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("the event is no valid JSON", malformed);
        }
    }
}
