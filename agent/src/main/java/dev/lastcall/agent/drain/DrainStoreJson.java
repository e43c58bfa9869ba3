// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.values.JsonObject;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
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
        try {
            Fields of = new Fields(JsonObject.read(bytes, "the file"));
            List<SavedDrain> drains = of.json().objects("drains", drain -> drain(new Fields(drain)));
            if (of.json().size("drains").orElse(-1) != drains.size()) {
                throw new IllegalArgumentException("drains is missing, or one of them is no JSON object");
            }
            return new SavedState(Math.toIntExact(of.number("version")), of.text("bootId"), of.notice(),
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
        try {
            Fields of = new Fields(JsonObject.read(line, "the line"));
            Long inFlight = of.count("inFlightAtNotice");
            return new DrainRecord(of.text("server"), of.text("kind"),
                    of.notice(), of.text("description"), of.instant("detectedAt"), of.number("timeLeftMillis"),
                    inFlight == null ? null : Math.toIntExact(inFlight), of.count("admitted"), of.count("completed"),
                    of.count("refused"), of.count("cut"), of.count("lost"), of.reached("announcedAt"),
                    of.reached("closedAt"), of.reached("idleAt"), of.reached("cutAt"), of.reached("stopSentAt"),
                    of.instant("stoppedAt"), of.number("unusedMillis"), of.text("outcome"), of.flag("killed"),
                    of.flag("dryRun"), of.json().object("late").map(late -> late(new Fields(late))).orElse(null),
                    of.json().texts("problems"));
        } catch (ArithmeticException | DateTimeException nonsense) {
            throw new IllegalArgumentException(nonsense.getMessage(), nonsense);
        }
    }

    private static RequestCounter.Late late(Fields of) {
        return new RequestCounter.Late(of.number("admitted"), of.number("completed"), of.number("cut"),
                of.number("lost"));
    }

    private static SavedDrain drain(Fields of) {
        return new SavedDrain(of.text("server"), of.text("phase"), of.number("startAt"), of.number("deadlineAt"),
                of.number("settledAt"), of.number("cutAt"), of.number("stopAt"), of.number("killAt"),
                of.json().text("outcome").orElse(null), of.flag("stopSent"));
    }

    /** An object of the file, in which most has to be there. */
    private record Fields(JsonObject json) {

        String text(String key) {
            return json.text(key).orElseThrow(() -> missing(key));
        }

        long number(String key) {
            return json.integer(key).orElseThrow(() -> missing(key));
        }

        Instant instant(String key) {
            return Instant.parse(text(key));
        }

        NoticeKey notice() {
            Fields notice = new Fields(json.object("notice").orElseThrow(() -> missing("notice")));
            return new NoticeKey(notice.text("source"), NoticeKind.valueOf(notice.text("kind")),
                    notice.text("eventId"));
        }

        /** Null where it is not known. */
        @Nullable
        Long count(String key) {
            OptionalLong count = json.integer(key);
            return count.isPresent() ? Long.valueOf(count.getAsLong()) : null;
        }

        /** Null where it was not reached. */
        @Nullable
        Instant reached(String key) {
            return json.text(key).map(Instant::parse).orElse(null);
        }

        boolean flag(String key) {
            return json.flag(key);
        }

        private static IllegalArgumentException missing(String key) {
            return new IllegalArgumentException(key + " is missing");
        }
    }
}
