// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.time.ProviderTimes;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code events/maintenance/scheduled}: an array of objects ("Scheduled events for your instances", EC2 User Guide).
 * Only the code is needed; NotAfter, which may be missing or empty, is not read; unknown fields and codes are no errors.
 */
final class ScheduledEventsParser {

    /** Most events read; an instance has one or two. */
    static final int MAX_EVENTS = 64;

    private ScheduledEventsParser() {}

    static Events parse(String body) throws MalformedAnswerException {
        JsonNode array = JsonBody.document(body);
        if (!array.isArray()) {
            throw new MalformedAnswerException("JSON that is no array:" + Explainer.quote(body));
        }
        if (array.size() > MAX_EVENTS) {
            throw new MalformedAnswerException(array.size() + " events, over the limit of " + MAX_EVENTS);
        }
        List<AwsScheduledEvent> events = new ArrayList<>();
        List<String> misread = new ArrayList<>();
        for (JsonNode element : array) {
            Optional<String> code = JsonBody.text(element, "Code");
            if (code.isPresent()) {
                events.add(event(element, code.get()));
            } else {
                misread.add("an event without Code");
            }
        }
        return new Events(events, misread);
    }

    /**
     * What the array holds.
     *
     * @param events the events that were understood
     * @param misread what was wrong with each of the others
     */
    record Events(List<AwsScheduledEvent> events, List<String> misread) {}

    private static AwsScheduledEvent event(JsonNode element, String code) {
        return new AwsScheduledEvent(JsonBody.text(element, "EventId").orElse(""), lower(code),
                lower(JsonBody.text(element, "State").orElse("active")),
                JsonBody.text(element, "NotBefore").flatMap(ProviderTimes::parse).orElse(null),
                JsonBody.text(element, "Description").orElse(""));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
