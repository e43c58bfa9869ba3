// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

import dev.lastcall.agent.status.view.StatusView.Condition;
import dev.lastcall.agent.status.view.StatusView.Counts;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.status.view.StatusView.NoticeView;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.agent.status.view.StatusView.Server;
import dev.lastcall.agent.status.view.StatusView.Source;
import dev.lastcall.agent.values.JsonObject;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads back what {@link StatusJson} writes. Keys that it does not know are passed over and keys that are missing read
 * as empty, so that a command and an agent of neighbouring versions understand each other.
 */
public final class StatusDocument {

    private StatusDocument() {}

    /**
     * Reads the document.
     *
     * @throws IllegalArgumentException if it is no status
     */
    public static StatusView read(String text) {
        return status(fields(text, "status document"));
    }

    /**
     * Reads the document of the models.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static List<ModelView> models(String text) {
        return fields(text, "document of models").list("models", StatusDocument::model);
    }

    private static Fields fields(String text, String what) {
        try {
            return new Fields(JsonObject.read(text, "the answer"));
        } catch (JacksonException | IllegalArgumentException malformed) {
            throw new IllegalArgumentException("the answer is no " + what, malformed);
        }
    }

    private static ModelView model(Fields of) {
        return new ModelView(of.text("name"), of.text("from"), of.text("state"), Math.toIntExact(of.count("files")),
                Math.toIntExact(of.count("filesDone")), of.count("bytes"), of.count("bytesDone"),
                Math.toIntExact(of.count("connections")), of.text("problem"), of.text("folder"));
    }

    private static StatusView status(Fields fields) {
        return new StatusView(fields.text("version"), fields.instant("at"), fields.span("uptimeSeconds"),
                fields.flag("dryRun"),
                new StatusView.CloudView(fields.text("cloud"), fields.text("cloudState"), fields.text("cloudEvidence")),
                fields.json().object("instance").map(JsonObject::asTexts).orElse(Map.of()),
                fields.list("conditions", condition -> new Condition(condition.text("code"), condition.text("severity"),
                        condition.text("subject"), condition.text("message"), condition.text("remedy"))),
                fields.list("sources",
                        source -> new Source(source.text("name"), source.text("state"),
                                source.seconds("sinceGoodLookSeconds"), source.text("problem"))),
                fields.list("notices",
                        notice -> new NoticeView(notice.text("source"), notice.text("kind"), notice.text("finality"),
                                notice.seconds("leftSeconds"), notice.text("description"))),
                fields.object("reclamation").map(StatusDocument::reclamation).orElse(null),
                fields.list("servers", StatusDocument::server), fields.list("models", StatusDocument::model),
                fields.list("drains", StatusDocument::drain));
    }

    private static ReclamationView reclamation(Fields fields) {
        return new ReclamationView(fields.text("source"), fields.text("kind"), fields.instant("detectedAt"),
                fields.span("windowSeconds"), fields.span("leftSeconds"));
    }

    private static Server server(Fields fields) {
        Long inFlight = fields.number("inFlight");
        Counts counts = fields.object("counts")
                .map(of -> new Counts(of.count("admitted"), of.count("completed"), of.count("refused"),
                        of.count("cut"), of.count("lost")))
                .orElse(null);
        return new Server(fields.text("name"), fields.text("kind"), fields.text("url"), fields.text("gate"),
                fields.flag("doorOpen"), fields.text("phase"), inFlight == null ? null : inFlight.intValue(), counts);
    }

    private static DrainView drain(Fields fields) {
        Long then = fields.number("inFlightAtNotice");
        return new DrainView(fields.text("server"), fields.text("kind"), fields.instant("detectedAt"),
                fields.text("source"), fields.text("description"), fields.text("outcome"),
                fields.span("windowSeconds"), fields.span("tookSeconds"), then == null ? null : then.intValue(),
                fields.number("admitted"), fields.number("completed"), fields.number("refused"), fields.number("cut"),
                fields.number("lost"), fields.span("unusedSeconds"),
                new StatusView.DrainSteps(fields.seconds("announcedAfterSeconds"), fields.seconds("closedAfterSeconds"),
                        fields.seconds("idleAfterSeconds"), fields.seconds("cutAfterSeconds"),
                        fields.seconds("stopSentAfterSeconds")),
                fields.flag("killed"), fields.flag("dryRun"), fields.json().texts("problems"));
    }

    /** One object of the document, in which nothing has to be there. */
    private record Fields(JsonObject json) {

        String text(String key) {
            return json.text(key).orElse("");
        }

        boolean flag(String key) {
            return json.flag(key);
        }

        @Nullable
        Long number(String key) {
            OptionalLong number = json.integer(key);
            return number.isPresent() ? Long.valueOf(number.getAsLong()) : null;
        }

        long count(String key) {
            return json.integer(key).orElse(0);
        }

        @Nullable
        Duration seconds(String key) {
            OptionalDouble number = json.number(key);
            return number.isPresent() ? Duration.ofMillis(Math.round(number.getAsDouble() * 1000)) : null;
        }

        Duration span(String key) {
            Duration seconds = seconds(key);
            return seconds == null ? Duration.ZERO : seconds;
        }

        Instant instant(String key) {
            try {
                return Instant.parse(text(key));
            } catch (DateTimeException none) {
                return Instant.EPOCH;
            }
        }

        Optional<Fields> object(String key) {
            return json.object(key).map(Fields::new);
        }

        <T> List<T> list(String key, Function<Fields, T> reader) {
            return json.objects(key, object -> reader.apply(new Fields(object)));
        }
    }
}
