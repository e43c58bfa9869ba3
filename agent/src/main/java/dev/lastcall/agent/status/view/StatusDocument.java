// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.lastcall.agent.status.view.StatusView.Condition;
import dev.lastcall.agent.status.view.StatusView.Counts;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.status.view.StatusView.NoticeView;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.agent.status.view.StatusView.Server;
import dev.lastcall.agent.status.view.StatusView.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads back what {@link StatusJson} writes. Keys that it does not know are passed over and keys that are missing read
 * as empty, so that a command and an agent of neighbouring versions understand each other.
 */
public final class StatusDocument {

    private static final JsonFactory FACTORY = new JsonFactory();

    private StatusDocument() {}

    /**
     * Reads the document.
     *
     * @throws IllegalArgumentException if it is no status
     */
    public static StatusView read(String text) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (value(json, json.nextToken()) instanceof Fields fields) {
                return status(fields);
            }
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("the answer is no status document", malformed);
        }
        throw new IllegalArgumentException("the answer is no status document");
    }

    /**
     * Reads the document of the models.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static List<ModelView> models(String text) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (value(json, json.nextToken()) instanceof Fields fields) {
                return fields.list("models", StatusDocument::model);
            }
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("the answer is no document of models", malformed);
        }
        throw new IllegalArgumentException("the answer is no document of models");
    }

    private static ModelView model(Fields of) {
        return new ModelView(of.text("name"), of.text("from"), of.text("state"), Math.toIntExact(of.count("files")),
                Math.toIntExact(of.count("filesDone")), of.count("bytes"), of.count("bytesDone"),
                Math.toIntExact(of.count("connections")), of.text("problem"), of.text("folder"));
    }

    private static StatusView status(Fields fields) {
        Map<String, String> instance = new LinkedHashMap<>();
        if (fields.get("instance") instanceof Fields facts) {
            facts.values().forEach((name, value) -> instance.put(name, String.valueOf(value)));
        }
        return new StatusView(fields.text("version"), fields.instant("at"), fields.span("uptimeSeconds"),
                fields.flag("dryRun"),
                new StatusView.CloudView(fields.text("cloud"), fields.text("cloudState"), fields.text("cloudEvidence")),
                instance,
                fields.list("conditions", condition -> new Condition(condition.text("code"), condition.text("severity"),
                        condition.text("subject"), condition.text("message"), condition.text("remedy"))),
                fields.list("sources",
                        source -> new Source(source.text("name"), source.text("state"),
                                source.seconds("sinceGoodLookSeconds"), source.text("problem"))),
                fields.list("notices",
                        notice -> new NoticeView(notice.text("source"), notice.text("kind"), notice.text("finality"),
                                notice.seconds("leftSeconds"), notice.text("description"))),
                fields.get("reclamation") instanceof Fields reclamation ? reclamation(reclamation) : null,
                fields.list("servers", StatusDocument::server), fields.list("models", StatusDocument::model),
                fields.list("drains", StatusDocument::drain));
    }

    private static ReclamationView reclamation(Fields fields) {
        return new ReclamationView(fields.text("source"), fields.text("kind"), fields.instant("detectedAt"),
                fields.span("windowSeconds"), fields.span("leftSeconds"));
    }

    private static Server server(Fields fields) {
        Long inFlight = fields.number("inFlight");
        Counts counts = fields.get("counts") instanceof Fields of
                ? new Counts(of.count("admitted"), of.count("completed"), of.count("refused"), of.count("cut"),
                        of.count("lost"))
                : null;
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
                fields.flag("killed"), fields.flag("dryRun"), fields.texts("problems"));
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
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    /** One object of the document. */
    private record Fields(Map<String, @Nullable Object> values) {

        @Nullable
        Object get(String key) {
            return values.get(key);
        }

        String text(String key) {
            return values.get(key) instanceof String text ? text : "";
        }

        boolean flag(String key) {
            return values.get(key) instanceof Boolean flag && flag;
        }

        @Nullable
        Long number(String key) {
            return values.get(key) instanceof Double number ? Long.valueOf(number.longValue()) : null;
        }

        long count(String key) {
            Long number = number(key);
            return number == null ? 0 : number;
        }

        @Nullable
        Duration seconds(String key) {
            return values.get(key) instanceof Double number ? Duration.ofMillis(Math.round(number * 1000)) : null;
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

        List<String> texts(String key) {
            return values.get(key) instanceof List<?> items
                    ? items.stream().filter(String.class::isInstance).map(String.class::cast).toList()
                    : List.of();
        }

        <T> List<T> list(String key, Function<Fields, T> reader) {
            List<T> list = new ArrayList<>();
            if (values.get(key) instanceof List<?> items) {
                for (Object item : items) {
                    if (item instanceof Fields fields) {
                        list.add(reader.apply(fields));
                    }
                }
            }
            return list;
        }
    }
}
