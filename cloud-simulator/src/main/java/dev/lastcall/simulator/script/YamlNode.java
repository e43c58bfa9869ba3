// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** YAML as a tree that remembers its lines, which the usual mapping to values forgets. Immutable. */
sealed interface YamlNode {

    /** Deeper than any value of a metadata server. */
    int MAX_DEPTH = 32;

    /** The line on which it begins, from 1. */
    int line();

    /** What it is, for error messages. */
    String kind();

    /** A scalar: as the value it is, and as it reads. */
    record Scalar(int line, Value value, String text) implements YamlNode {
        @Override
        public String kind() {
            return "\"" + text + "\"";
        }
    }

    /** A mapping; keys in their order. */
    record Mapping(int line, Map<String, YamlNode> entries) implements YamlNode {
        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A sequence. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** The one document of the text, or empty when there is none or it is no YAML; then the problem has been added. */
    static Optional<YamlNode> parse(String text, ScriptProblems problems) {
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                problems.add(1, "the script is empty");
                return Optional.empty();
            }
            YamlNode root = new Reader(parser, problems).read(0);
            if (parser.nextToken() != null) {
                problems.add(parser.currentTokenLocation().getLineNr(), "a script is one document");
            }
            return Optional.of(root);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            problems.add(line, "not YAML: " + Optional.ofNullable(e.getOriginalMessage())
                    .orElse("")
                    .lines()
                    .map(String::strip)
                    .findFirst()
                    .orElse("broken"));
            return Optional.empty();
        }
    }

    /** Reads one node and leaves the parser on its last token. */
    record Reader(JsonParser parser, ScriptProblems problems) {

        YamlNode read(int depth) {
            int line = parser.currentTokenLocation().getLineNr();
            if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                problems.add(line, "aliases (*name) are not read; write the value out");
            }
            JsonToken token = parser.currentToken();
            if (token.isStructStart() && depth >= MAX_DEPTH) {
                problems.add(line, "nested deeper than " + MAX_DEPTH + " levels");
                parser.skipChildren();
                return new Scalar(line, new Value.Null(), "");
            }
            return switch (token) {
                case START_OBJECT -> mapping(line, depth);
                case START_ARRAY -> sequence(line, depth);
                default -> scalar(line, token);
            };
        }

        private Mapping mapping(int line, int depth) {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                int nameLine = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                if (entries.put(name, read(depth + 1)) != null) {
                    problems.add(nameLine, name, "written twice");
                }
            }
            return new Mapping(line, entries);
        }

        private Sequence sequence(int line, int depth) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(read(depth + 1));
            }
            return new Sequence(line, items);
        }

        private Scalar scalar(int line, JsonToken token) {
            String text = Optional.ofNullable(parser.getString()).orElse("");
            Value value = switch (token) {
                case VALUE_NULL -> new Value.Null();
                case VALUE_TRUE -> new Value.Bool(true);
                case VALUE_FALSE -> new Value.Bool(false);
                case VALUE_NUMBER_INT -> whole(text);
                case VALUE_NUMBER_FLOAT -> decimal(text);
                default -> text(line, text);
            };
            return new Scalar(line, value, text);
        }

        private Value text(int line, String text) {
            try {
                return Value.of(text);
            } catch (IllegalArgumentException e) {
                problems.add(line, String.valueOf(e.getMessage()));
                return new Value.Text("");
            }
        }

        private Value whole(String text) {
            try {
                return new Value.Whole(parser.getLongValue());
            } catch (JacksonException e) {
                return new Value.Text(text);
            }
        }

        private Value decimal(String text) {
            double number = parser.getDoubleValue();
            return Double.isFinite(number) ? new Value.Decimal(number) : new Value.Text(text);
        }
    }
}
