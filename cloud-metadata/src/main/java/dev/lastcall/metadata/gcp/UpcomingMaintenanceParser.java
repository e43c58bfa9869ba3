// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.time.ProviderTimes;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code instance/upcoming-maintenance?alt=json}: nothing, {@code NONE}, <code>{}</code>, or an object that the guides print
 * in snake_case and the API in camelCase ("Monitor and plan for a host maintenance event", Compute Engine). Both are read.
 */
final class UpcomingMaintenanceParser {

    private static final List<String> STARTS = List.of("window_start_time", "windowStartTime", "start_time",
            "startTime");
    private static final List<String> STATUSES = List.of("maintenance_status", "maintenanceStatus");
    private static final List<String> MARKS = Stream
            .of(STARTS, STATUSES,
                    List.of("type", "can_reschedule", "canReschedule", "window_end_time", "windowEndTime"))
            .flatMap(List::stream)
            .toList();

    private UpcomingMaintenanceParser() {}

    /** The maintenance; empty where none is planned. */
    static Optional<UpcomingMaintenance> parse(String body) throws MalformedAnswerException {
        String value = body.strip();
        if (value.equals("NONE") || value.equals("\"NONE\"")) {
            return Optional.empty();
        }
        JsonNode object = JsonBody.object(value);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        if (MARKS.stream().noneMatch(object::has)) {
            throw new MalformedAnswerException("an object that is no maintenance");
        }
        return Optional
                .of(new UpcomingMaintenance(upper(first(object, STATUSES)), upper(first(object, List.of("type"))),
                        ProviderTimes.parse(first(object, STARTS)).orElse(null)));
    }

    private static String first(JsonNode object, List<String> names) {
        return names.stream().flatMap(name -> JsonBody.text(object, name).stream()).findFirst().orElse("");
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }
}
