// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.io.StringWriter;
import java.util.List;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes the models as JSON; {@link StatusDocument#models} reads it back. */
public final class ModelsJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private ModelsJson() {}

    public static String write(long limit, List<ModelView> models) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("limitBytesPerSecond", limit);
            json.writeArrayPropertyStart("models");
            models.forEach(model -> write(json, model));
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    public static void write(JsonGenerator json, ModelView model) {
        json.writeStartObject();
        json.writeStringProperty("name", model.name());
        json.writeStringProperty("from", model.from());
        json.writeStringProperty("state", model.state());
        json.writeNumberProperty("files", model.files());
        json.writeNumberProperty("filesDone", model.filesDone());
        json.writeNumberProperty("bytes", model.bytes());
        json.writeNumberProperty("bytesDone", model.bytesDone());
        json.writeNumberProperty("connections", model.connections());
        json.writeStringProperty("problem", model.problem());
        json.writeStringProperty("folder", model.folder());
        json.writeEndObject();
    }
}
