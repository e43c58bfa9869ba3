// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.Tree.Entry;
import dev.lastcall.agent.config.Tree.Mapping;
import dev.lastcall.agent.config.Tree.Nothing;
import dev.lastcall.agent.config.Tree.Position;
import dev.lastcall.agent.config.Tree.Scalar;
import dev.lastcall.agent.config.Tree.Sequence;
import dev.lastcall.agent.values.ByteSize;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads a YAML file into a {@link Tree}. Whatever is wrong with the file's form becomes a problem; what the parser can
 * still make sense of is read on. Anchors, aliases and tags have no use in so small a file and are refused.
 */
final class TreeReader {

    /** Largest file that is read, in bytes; a configuration by hand stays far below. */
    static final int MAX_FILE_BYTES = 256 * 1024;

    /** Deepest nesting of mappings and lists; the configuration itself needs four. */
    static final int MAX_DEPTH = 16;

    private final String name;
    private final List<ConfigProblem> problems;

    /**
     * Makes a reader.
     *
     * @param name the file's name in messages
     * @param problems takes what is wrong
     */
    TreeReader(String name, List<ConfigProblem> problems) {
        this.name = name;
        this.problems = problems;
    }

    /** Reads the file; empty when it is not there and need not be, or when it cannot be read at all. */
    Mapping read(Path file, boolean mustExist) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (NoSuchFileException absent) {
            if (mustExist) {
                whole("no such file; name another with --config, or leave it out to run on defaults");
            }
            return Mapping.EMPTY;
        } catch (IOException unreadable) {
            whole("cannot be read: " + unreadable + "; it must be a file that this user may read");
            return Mapping.EMPTY;
        }
        if (bytes.length > MAX_FILE_BYTES) {
            whole("is larger than " + new ByteSize(MAX_FILE_BYTES) + ", no configuration file is");
            return Mapping.EMPTY;
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return parse(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (CharacterCodingException notUtf8) {
            whole("is not UTF-8 text; save it as UTF-8");
            return Mapping.EMPTY;
        }
    }

    private Mapping parse(String text) {
        // Made here and not once, because an agent without a file is spared the classes.
        YAMLFactory yaml = YAMLFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                .build();
        try (YAMLParser parser = (YAMLParser) yaml.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            Tree root = first == null ? Mapping.EMPTY : value(parser, first);
            if (parser.nextToken() != null) {
                problem(place(parser.currentTokenLocation()), "a second document begins here; one file holds one");
            }
            return switch (root) {
                case Mapping mapping -> mapping;
                case Nothing nothing -> Mapping.EMPTY;
                case Sequence sequence -> notMapping(sequence);
                case Scalar scalar -> notMapping(scalar);
            };
        } catch (JacksonException malformed) {
            malformed(malformed, text);
            return Mapping.EMPTY;
        }
    }

    private Mapping notMapping(Tree root) {
        problem(root.at(), "the file must consist of keys and values, such as: cloud: auto");
        return Mapping.EMPTY;
    }

    private Tree value(YAMLParser parser, JsonToken token) {
        Position at = place(parser.currentTokenLocation());
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            problem(at, "anchors and aliases (& and *) are not supported; write the value out, or put it in quotes");
        } else if (parser.getTypeId() != null) {
            problem(at, "tags (!) are not supported; write the plain value, or put it in quotes");
        }
        return switch (token) {
            case START_OBJECT -> mapping(parser, at);
            case START_ARRAY -> sequence(parser, at);
            case VALUE_NULL -> new Nothing(at);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> new Scalar(at,
                    parser.getString());
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME -> {
                problem(at, "cannot be understood here");
                yield new Nothing(at);
            }
        };
    }

    private Mapping mapping(YAMLParser parser, Position at) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (JsonToken token = parser.nextToken(); token == JsonToken.PROPERTY_NAME; token = parser.nextToken()) {
            Position keyAt = place(parser.currentTokenLocation());
            String key = parser.currentName();
            Entry entry = new Entry(keyAt, value(parser, orNull(parser.nextToken())));
            Entry earlier = entries.putIfAbsent(key, entry);
            if (earlier != null) {
                problem(keyAt, Text.quote(key) + " occurs here for the second time; the first is in line "
                        + earlier.keyAt().line() + "; remove one");
            }
        }
        return new Mapping(at, entries);
    }

    private Sequence sequence(YAMLParser parser, Position at) {
        List<Tree> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != null && token != JsonToken.END_ARRAY; token = parser
                .nextToken()) {
            items.add(value(parser, token));
        }
        return new Sequence(at, items);
    }

    private static JsonToken orNull(@Nullable JsonToken token) {
        return token == null ? JsonToken.VALUE_NULL : token;
    }

    private void malformed(JacksonException malformed, String text) {
        Position at = place(malformed.getLocation());
        String reason = malformed.getOriginalMessage();
        if (malformed.getCause() instanceof MarkedYamlEngineException marked) {
            at = marked.getProblemMark().map(mark -> new Position(mark.getLine() + 1, mark.getColumn() + 1)).orElse(at);
            reason = marked.getProblem();
        }
        String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        String first = reason == null ? "" : reason.lines().map(String::strip).findFirst().orElse("");
        problem(at, "is no valid YAML: "
                + (line.indexOf('\t') < 0 ? Text.shorten(first) : "the line has a tab; indent with spaces"));
    }

    private static Position place(@Nullable TokenStreamLocation location) {
        return location == null
                ? Position.START
                : new Position(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    private void problem(Position at, String message) {
        problems.add(new ConfigProblem(new ValueOrigin.InFile(name, at.line(), at.column()), "", message));
    }

    private void whole(String message) {
        problems.add(new ConfigProblem(new ValueOrigin.InFile(name, 0, 0), "", message));
    }
}
