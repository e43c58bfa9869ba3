// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.status.view.StatusView.Condition;
import dev.lastcall.agent.status.view.StatusView.Counts;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.status.view.StatusView.NoticeView;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.agent.status.view.StatusView.Server;
import dev.lastcall.agent.status.view.StatusView.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes a {@link StatusView} as JSON: the records' names as keys, durations in seconds as {@code …Seconds}, instants in
 * ISO 8601. Written by hand, because binding by reflection costs a small agent its start.
 */
public final class StatusJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private StatusJson() {}

    /** The view as one JSON object. */
    public static String write(StatusView view) {
        StringWriter text = new StringWriter(4096);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("version", view.version());
            json.writeStringProperty("at", view.at().toString());
            seconds(json, "uptimeSeconds", view.uptime());
            json.writeBooleanProperty("dryRun", view.dryRun());
            json.writeBooleanProperty("protected", view.isProtected());
            json.writeStringProperty("cloud", view.cloud().name());
            json.writeStringProperty("cloudState", view.cloud().state());
            json.writeStringProperty("cloudEvidence", view.cloud().evidence());
            json.writeObjectPropertyStart("instance");
            for (Map.Entry<String, String> fact : view.instance().entrySet()) {
                json.writeStringProperty(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            json.writeArrayPropertyStart("conditions");
            view.conditions().forEach(condition -> write(json, condition));
            json.writeEndArray();
            json.writeArrayPropertyStart("sources");
            view.sources().forEach(source -> write(json, source));
            json.writeEndArray();
            json.writeArrayPropertyStart("notices");
            view.notices().forEach(notice -> write(json, notice));
            json.writeEndArray();
            json.writeName("reclamation");
            write(json, view.reclamation());
            json.writeArrayPropertyStart("servers");
            view.servers().forEach(server -> write(json, server));
            json.writeEndArray();
            json.writeArrayPropertyStart("models");
            view.models().forEach(model -> ModelsJson.write(json, model));
            json.writeEndArray();
            json.writeArrayPropertyStart("drains");
            view.drains().forEach(drain -> write(json, drain));
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The drains alone, as one document. */
    public static String drains(List<DrainView> drains) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("drains");
            drains.forEach(drain -> write(json, drain));
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    /** One drain, as one document. */
    public static String drain(DrainView drain) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, drain);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Condition condition) {
        json.writeStartObject();
        json.writeStringProperty("code", condition.code());
        json.writeStringProperty("severity", condition.severity());
        json.writeStringProperty("subject", condition.subject());
        json.writeStringProperty("message", condition.message());
        json.writeStringProperty("remedy", condition.remedy());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Source source) {
        json.writeStartObject();
        json.writeStringProperty("name", source.name());
        json.writeStringProperty("state", source.state());
        seconds(json, "sinceGoodLookSeconds", source.sinceGoodLook());
        json.writeStringProperty("problem", source.problem());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, NoticeView notice) {
        json.writeStartObject();
        json.writeStringProperty("source", notice.source());
        json.writeStringProperty("kind", notice.kind());
        json.writeStringProperty("finality", notice.finality());
        seconds(json, "leftSeconds", notice.left());
        json.writeStringProperty("description", notice.description());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, @Nullable ReclamationView reclamation) {
        if (reclamation == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringProperty("source", reclamation.source());
        json.writeStringProperty("kind", reclamation.kind());
        json.writeStringProperty("detectedAt", reclamation.detectedAt().toString());
        seconds(json, "windowSeconds", reclamation.window());
        seconds(json, "leftSeconds", reclamation.left());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Server server) {
        json.writeStartObject();
        json.writeStringProperty("name", server.name());
        json.writeStringProperty("kind", server.kind());
        json.writeStringProperty("url", server.url());
        json.writeStringProperty("gate", server.gate());
        json.writeBooleanProperty("doorOpen", server.doorOpen());
        json.writeStringProperty("phase", server.phase());
        number(json, "inFlight", server.inFlight());
        json.writeName("counts");
        Counts counts = server.counts();
        if (counts == null) {
            json.writeNull();
        } else {
            json.writeStartObject();
            json.writeNumberProperty("admitted", counts.admitted());
            json.writeNumberProperty("completed", counts.completed());
            json.writeNumberProperty("refused", counts.refused());
            json.writeNumberProperty("cut", counts.cut());
            json.writeNumberProperty("lost", counts.lost());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, DrainView drain) {
        json.writeStartObject();
        json.writeStringProperty("server", drain.server());
        json.writeStringProperty("kind", drain.kind());
        json.writeStringProperty("detectedAt", drain.detectedAt().toString());
        json.writeStringProperty("source", drain.source());
        json.writeStringProperty("description", drain.description());
        json.writeStringProperty("outcome", drain.outcome());
        seconds(json, "windowSeconds", drain.window());
        seconds(json, "tookSeconds", drain.took());
        number(json, "inFlightAtNotice", drain.inFlightAtNotice());
        number(json, "admitted", drain.admitted());
        number(json, "completed", drain.completed());
        number(json, "refused", drain.refused());
        number(json, "cut", drain.cut());
        number(json, "lost", drain.lost());
        seconds(json, "unusedSeconds", drain.unused());
        seconds(json, "announcedAfterSeconds", drain.steps().announced());
        seconds(json, "closedAfterSeconds", drain.steps().closed());
        seconds(json, "idleAfterSeconds", drain.steps().idle());
        seconds(json, "cutAfterSeconds", drain.steps().cut());
        seconds(json, "stopSentAfterSeconds", drain.steps().stopSent());
        json.writeBooleanProperty("killed", drain.killed());
        json.writeBooleanProperty("dryRun", drain.dryRun());
        json.writeArrayPropertyStart("problems");
        drain.problems().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String key, @Nullable Number number) {
        if (number == null) {
            json.writeNullProperty(key);
        } else {
            json.writeNumberProperty(key, number.longValue());
        }
    }

    private static void seconds(JsonGenerator json, String key, @Nullable Duration duration) {
        if (duration == null) {
            json.writeNullProperty(key);
        } else {
            json.writeNumberProperty(key, duration.toMillis() / 1000.0);
        }
    }
}
