// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The ledger's records as JSON: their components are the keys, instants are in ISO 8601, and what is null is left out.
 * Written by hand, because binding by reflection would be half of what the agent's start loads, and would stay in its memory.
 */
final class DrainStoreJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private DrainStoreJson() {}

    static String write(SavedState state) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("version", state.version());
            json.writeStringProperty("bootId", state.bootId());
            write(json, state.notice());
            json.writeStringProperty("description", state.description());
            write(json, "detectedAt", state.detectedAt());
            json.writeNumberProperty("detected", state.detected());
            json.writeNumberProperty("deadline", state.deadline());
            json.writeArrayPropertyStart("drains");
            state.drains().forEach(drain -> write(json, drain));
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, NoticeKey notice) {
        json.writeObjectPropertyStart("notice");
        json.writeStringProperty("source", notice.source());
        json.writeStringProperty("kind", notice.kind().name());
        json.writeStringProperty("eventId", notice.eventId());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, SavedDrain drain) {
        json.writeStartObject();
        json.writeStringProperty("server", drain.server());
        json.writeStringProperty("phase", drain.phase());
        json.writeNumberProperty("startAt", drain.startAt());
        json.writeNumberProperty("deadlineAt", drain.deadlineAt());
        json.writeNumberProperty("settledAt", drain.settledAt());
        json.writeNumberProperty("cutAt", drain.cutAt());
        json.writeNumberProperty("stopAt", drain.stopAt());
        json.writeNumberProperty("killAt", drain.killAt());
        if (drain.outcome() != null) {
            json.writeStringProperty("outcome", drain.outcome());
        }
        json.writeBooleanProperty("stopSent", drain.stopSent());
        json.writeEndObject();
    }

    static String write(DrainRecord drained) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("server", drained.server());
            json.writeStringProperty("kind", drained.kind());
            write(json, drained.notice());
            json.writeStringProperty("description", drained.description());
            write(json, "detectedAt", drained.detectedAt());
            json.writeNumberProperty("timeLeftMillis", drained.timeLeftMillis());
            write(json, "inFlightAtNotice", drained.inFlightAtNotice());
            write(json, "admitted", drained.admitted());
            write(json, "completed", drained.completed());
            write(json, "refused", drained.refused());
            write(json, "cut", drained.cut());
            write(json, "lost", drained.lost());
            write(json, "announcedAt", drained.announcedAt());
            write(json, "closedAt", drained.closedAt());
            write(json, "idleAt", drained.idleAt());
            write(json, "cutAt", drained.cutAt());
            write(json, "stopSentAt", drained.stopSentAt());
            write(json, "stoppedAt", drained.stoppedAt());
            json.writeNumberProperty("unusedMillis", drained.unusedMillis());
            json.writeStringProperty("outcome", drained.outcome());
            json.writeBooleanProperty("killed", drained.killed());
            json.writeBooleanProperty("dryRun", drained.dryRun());
            RequestCounter.Late late = drained.late();
            if (late != null) {
                json.writeObjectPropertyStart("late");
                json.writeNumberProperty("admitted", late.admitted());
                json.writeNumberProperty("completed", late.completed());
                json.writeNumberProperty("cut", late.cut());
                json.writeNumberProperty("lost", late.lost());
                json.writeEndObject();
            }
            json.writeArrayPropertyStart("problems");
            drained.problems().forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String key, @Nullable Number count) {
        if (count != null) {
            json.writeNumberProperty(key, count.longValue());
        }
    }

    private static void write(JsonGenerator json, String key, @Nullable Instant instant) {
        if (instant != null) {
            json.writeStringProperty(key, instant.toString());
        }
    }

    /**
     * Reads a state back.
     *
     * @throws tools.jackson.core.JacksonException if it is no JSON
     * @throws IllegalArgumentException if it is not a whole state; keys that are not known are passed over
     */
    static SavedState readState(byte[] bytes) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            Fields of = fields(value(json, json.nextToken()), "the file");
            Fields notice = fields(of.values().get("notice"), "notice");
            List<SavedDrain> drains = new ArrayList<>();
            if (!(of.values().get("drains") instanceof List<?> saved)) {
                throw new IllegalArgumentException("drains is missing");
            }
            saved.forEach(one -> drains.add(drain(fields(one, "a drain"))));
            return new SavedState(Math.toIntExact(of.number("version")), of.text("bootId"),
                    new NoticeKey(notice.text("source"), NoticeKind.valueOf(notice.text("kind")),
                            notice.text("eventId")),
                    of.text("description"), of.instant("detectedAt"), of.number("detected"), of.number("deadline"),
                    drains);
        } catch (ArithmeticException | DateTimeException nonsense) {
            throw new IllegalArgumentException(nonsense.getMessage(), nonsense);
        }
    }

    /**
     * Reads a record back.
     *
     * @throws tools.jackson.core.JacksonException if it is no JSON
     * @throws IllegalArgumentException if it is not a whole record; keys that are not known are passed over
     */
    static DrainRecord readRecord(String line) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), line)) {
            Fields of = fields(value(json, json.nextToken()), "the line");
            Fields notice = fields(of.values().get("notice"), "notice");
            List<String> problems = new ArrayList<>();
            if (of.values().get("problems") instanceof List<?> listed) {
                listed.forEach(one -> problems.add(String.valueOf(one)));
            }
            Long inFlight = of.count("inFlightAtNotice");
            return new DrainRecord(of.text("server"), of.text("kind"),
                    new NoticeKey(notice.text("source"), NoticeKind.valueOf(notice.text("kind")),
                            notice.text("eventId")),
                    of.text("description"), of.instant("detectedAt"), of.number("timeLeftMillis"),
                    inFlight == null ? null : Math.toIntExact(inFlight), of.count("admitted"), of.count("completed"),
                    of.count("refused"), of.count("cut"), of.count("lost"), of.reached("announcedAt"),
                    of.reached("closedAt"), of.reached("idleAt"), of.reached("cutAt"), of.reached("stopSentAt"),
                    of.instant("stoppedAt"), of.number("unusedMillis"), of.text("outcome"), of.flag("killed"),
                    of.flag("dryRun"), late(of.values().get("late")), problems);
        } catch (ArithmeticException | DateTimeException nonsense) {
            throw new IllegalArgumentException(nonsense.getMessage(), nonsense);
        }
    }

    private static RequestCounter.@Nullable Late late(@Nullable Object value) {
        return value instanceof Fields of
                ? new RequestCounter.Late(of.number("admitted"), of.number("completed"), of.number("cut"),
                        of.number("lost"))
                : null;
    }

    private static SavedDrain drain(Fields of) {
        return new SavedDrain(of.text("server"), of.text("phase"), of.number("startAt"), of.number("deadlineAt"),
                of.number("settledAt"), of.number("cutAt"), of.number("stopAt"), of.number("killAt"),
                of.values().get("outcome") instanceof String outcome ? outcome : null,
                Boolean.TRUE.equals(of.values().get("stopSent")));
    }

    private static Fields fields(@Nullable Object value, String what) {
        if (value instanceof Fields fields) {
            return fields;
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
                yield new Fields(values);
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
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    /** An object of the file. */
    private record Fields(Map<String, @Nullable Object> values) {

        String text(String key) {
            if (values.get(key) instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException(key + " is missing");
        }

        long number(String key) {
            if (values.get(key) instanceof Long number) {
                return number;
            }
            throw new IllegalArgumentException(key + " is missing");
        }

        Instant instant(String key) {
            return Instant.parse(text(key));
        }

        /** Null where it is not known. */
        @Nullable
        Long count(String key) {
            return values.get(key) instanceof Long count ? count : null;
        }

        /** Null where it was not reached. */
        @Nullable
        Instant reached(String key) {
            return values.containsKey(key) ? instant(key) : null;
        }

        boolean flag(String key) {
            return Boolean.TRUE.equals(values.get(key));
        }
    }
}
