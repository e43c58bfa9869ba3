// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.time.ProviderTimes;
import tools.jackson.databind.JsonNode;

/**
 * Reads the document of Scheduled Events, version 2020-07-01. An event needs its id, its type and its resources; all else may be
 * missing.
 */
final class EventsParser {

    /** Most events read; a scale set of a thousand VMs under maintenance has fewer at once. */
    static final int MAX_EVENTS = 1_000;

    private EventsParser() {}

    static Events parse(String body) throws MalformedAnswerException {
        JsonNode array = JsonBody.object(body).get("Events");
        if (array == null || !array.isArray()) {
            throw new MalformedAnswerException("a document without Events");
        }
        if (array.size() > MAX_EVENTS) {
            throw new MalformedAnswerException(array.size() + " events, over the limit of " + MAX_EVENTS);
        }
        List<AzureEvent> events = new ArrayList<>();
        List<String> misread = new ArrayList<>();
        for (JsonNode event : array) {
            try {
                events.add(event(event));
            } catch (MalformedAnswerException e) {
                misread.add(String.valueOf(e.getMessage()));
            }
        }
        return new Events(events, misread);
    }

    /**
     * What the document holds.
     *
     * @param events the events that were understood
     * @param misread what was wrong with each of the others
     */
    record Events(List<AzureEvent> events, List<String> misread) {}

    private static AzureEvent event(JsonNode event) throws MalformedAnswerException {
        String typeName = required(event, "EventType");
        JsonNode names = event.get("Resources");
        if (names == null || !names.isArray()) {
            throw new MalformedAnswerException("an event without Resources");
        }
        List<String> resources = new ArrayList<>();
        for (JsonNode name : names) {
            if (name.isString()) {
                resources.add(name.stringValue().strip());
            }
        }
        boolean started = JsonBody.text(event, "EventStatus").filter("Started"::equalsIgnoreCase).isPresent();
        return new AzureEvent(required(event, "EventId"), type(typeName), typeName, resources, started,
                JsonBody.text(event, "NotBefore").flatMap(ProviderTimes::parse).orElse(null),
                JsonBody.text(event, "Description").orElse(""));
    }

    private static String required(JsonNode event, String field) throws MalformedAnswerException {
        return JsonBody.text(event, field).orElseThrow(() -> new MalformedAnswerException("an event without " + field));
    }

    private static AzureEvent.Type type(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "freeze" -> AzureEvent.Type.FREEZE;
            case "reboot" -> AzureEvent.Type.REBOOT;
            case "redeploy" -> AzureEvent.Type.REDEPLOY;
            case "preempt" -> AzureEvent.Type.PREEMPT;
            case "terminate" -> AzureEvent.Type.TERMINATE;
            default -> AzureEvent.Type.OTHER;
        };
    }
}
