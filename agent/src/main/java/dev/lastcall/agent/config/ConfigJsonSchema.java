// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.List;
import java.util.Map;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema of the configuration file, made from the same lines that read it, so that an editor completes keys and marks
 * wrong ones. It judges the file alone: a required key may also come from the environment or a flag, which it cannot see.
 */
public final class ConfigJsonSchema {

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String ELEMENT = "[]";
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, String> emptyWords;
    private final ObjectNode root = JSON.createObjectNode();

    ConfigJsonSchema(List<Setting> settings, Map<String, String> emptyWords) {
        this.emptyWords = Map.copyOf(emptyWords);
        root.put("$schema", DIALECT);
        root.put("title", "lastcall.yaml");
        shapeSection(root);
        settings.forEach(this::add);
    }

    /** The schema as the program has it. */
    public static String text() {
        return JSON.writeValueAsString(ConfigReader.jsonSchema().root) + "\n";
    }

    private void add(Setting setting) {
        int dot = setting.key().lastIndexOf('.');
        String name = setting.key().substring(dot + 1);
        ObjectNode section = section(dot < 0 ? "" : setting.key().substring(0, dot));
        Setting.Form form = setting.form();
        ObjectNode value = section.withObjectProperty("properties").putObject(name);
        value.put("description", description(setting));
        if (form.list()) {
            value.put("type", "array").put("maxItems", Section.MAX_ITEMS);
            shape(value.putObject("items"), form.shape());
        } else {
            shape(value, form.shape());
        }
        if (form.required()) {
            section.withArrayProperty("required").add(name);
        }
    }

    /** The section with this path, made on the way where it is new. */
    private ObjectNode section(String path) {
        if (path.isEmpty()) {
            return root;
        }
        int dot = path.lastIndexOf('.');
        String name = path.substring(dot + 1);
        ObjectNode properties = section(dot < 0 ? "" : path.substring(0, dot)).withObjectProperty("properties");
        boolean list = name.endsWith(ELEMENT);
        String key = list ? name.substring(0, name.length() - ELEMENT.length()) : name;
        if (!properties.has(key)) {
            ObjectNode added = properties.putObject(key);
            if (list) {
                added.putArray("type").add("array").add("null");
                added.put("maxItems", Reading.MAX_SECTIONS);
                shapeSection(added.putObject("items"));
            } else {
                shapeSection(emptyWords.containsKey(path) ? orWord(added, emptyWords.get(path)) : added);
            }
        }
        ObjectNode found = properties.withObjectProperty(key);
        if (list) {
            return found.withObjectProperty("items");
        }
        return found.has("anyOf") ? (ObjectNode) found.withArrayProperty("anyOf").get(1) : found;
    }

    /** A word may stand in the section's place. */
    private static ObjectNode orWord(ObjectNode added, String word) {
        ArrayNode either = added.putArray("anyOf");
        either.addObject().put("const", word);
        return either.addObject();
    }

    private static void shapeSection(ObjectNode node) {
        node.putArray("type").add("object").add("null");
        node.put("additionalProperties", false);
        node.putObject("properties");
    }

    private static void shape(ObjectNode node, ValueShape shape) {
        switch (shape) {
            case ValueShape.Flag _ -> node.putArray("enum").add(true).add(false).add("true").add("false");
            case ValueShape.Whole(int min, int max) -> {
                node.putArray("type").add("integer").add("string");
                node.put("minimum", min).put("maximum", max).put("pattern", "^[+-]?[0-9]+$");
            }
            case ValueShape.OneOf(List<String> words) ->
                words.forEach(word -> node.withArrayProperty("enum").add(word));
            case ValueShape.Text(List<String> known) -> {
                node.putArray("type").add("string").add("number").add("boolean");
                known.forEach(word -> node.withArrayProperty("examples").add(word));
            }
        }
    }

    private static String description(Setting setting) {
        String missing = setting.form().required() ? "Required." : "Default: " + setting.defaultValue() + ".";
        return setting.about() + " Allowed: " + setting.allowed() + ". " + missing;
    }
}
