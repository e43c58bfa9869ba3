// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import dev.lastcall.agent.config.Reading.Raw;
import dev.lastcall.agent.config.Tree.Entry;
import dev.lastcall.agent.config.Tree.Mapping;
import dev.lastcall.agent.config.Tree.Nothing;
import dev.lastcall.agent.config.Tree.Scalar;
import dev.lastcall.agent.config.Tree.Sequence;
import dev.lastcall.agent.values.Secret;
import org.jspecify.annotations.Nullable;

/**
 * One section while it is read. Each call names a key, how its value is read, what holds without one, and what it is
 * for; so the same lines that read the configuration also describe it. Values that are wrong become problems, and the
 * reading goes on with the default, so that all problems come out together.
 */
final class Section {

    /** Most elements of a list of plain values. */
    static final int MAX_ITEMS = 64;

    private final Reading reading;
    private final String path;
    private final Mapping mapping;
    private final Set<String> known = new LinkedHashSet<>();

    Section(Reading reading, String path, Mapping mapping) {
        this.reading = reading;
        this.path = path;
        this.mapping = mapping;
    }

    /** A key that always has a value. */
    <T> T value(String key, ValueType<T> type, T defaultValue, String about) {
        Found<T> found = find(key, type);
        T value = found.value() == null ? defaultValue : found.value();
        record(key, type, type.format().apply(defaultValue), type.format().apply(value), found, about);
        return value;
    }

    /** A key that may be left out. */
    <T> @Nullable T optional(String key, ValueType<T> type, String whenAbsent, String about) {
        Found<T> found = find(key, type);
        String shown = found.value() == null ? whenAbsent : type.format().apply(found.value());
        record(key, type, whenAbsent, shown, found, about);
        return found.value();
    }

    /** A key that must be given; {@code standIn} is what the reading goes on with where it is not. */
    <T> T required(String key, ValueType<T> type, T standIn, String about) {
        Found<T> found = find(key, type);
        record(key, type, Setting.REQUIRED, found.value() == null ? "" : type.format().apply(found.value()), found,
                about);
        if (found.value() != null) {
            return found.value();
        }
        if (!found.isSet() && !reading.isDescribing()) {
            reading.problem(reading.inFile(mapping.at()), path(key), "is missing; it must be " + type.allowed());
        }
        return standIn;
    }

    /**
     * A secret that may be left out. It is given by its key, or by a file that the same key with {@code File} behind it names,
     * so that every user may read the configuration itself.
     */
    Optional<Secret> secret(String key, ValueType<Secret> type, String about) {
        Secret given = optional(key, type, "none", about);
        String fileKey = key + "File";
        Path file = optional(fileKey, ValueType.absolutePath(), "none",
                "A file whose first line is `" + key + "`, in its place.");
        if (reading.originOf(path(key)) instanceof ValueOrigin.InFile whole) {
            reading.holdsSecret(Path.of(whole.file()));
        }
        if (file == null) {
            return Optional.ofNullable(given);
        }
        if (given != null) {
            conflict(fileKey, key + " is given too; remove one of them");
            return Optional.of(given);
        }
        reading.holdsSecret(file);
        try {
            return Optional.ofNullable(
                    parse(fileKey, type, new Raw(ConfiguredSecret.read(file), reading.originOf(path(fileKey)))));
        } catch (IOException unreadable) {
            conflict(fileKey, String.valueOf(unreadable.getMessage()));
            return Optional.empty();
        }
    }

    /** Notes a file that holds a secret. */
    void holdsSecret(Path file) {
        reading.holdsSecret(file);
    }

    /** The files in which secrets were found so far. */
    Set<Path> secretFiles() {
        return reading.secretFiles();
    }

    /** A key whose value is a list. */
    <T> List<T> values(String key, ValueType<T> type, List<T> defaultValue, String about) {
        Found<List<T>> found = findAll(key, type);
        List<T> value = found.value() == null ? defaultValue : found.value();
        reading.add(new Setting(path(key), "a list of: " + type.allowed(), type.formatAll(defaultValue),
                type.formatAll(value), found.isSet(), found.origin(), about,
                new Setting.Form(type.shape(), true, false)));
        return value;
    }

    /** A section in this one, with everything that is left out of it. */
    <T> T section(String key, Function<Section, T> reader) {
        return section(key, reader, "");
    }

    /** A section in this one in whose place a word may stand that means the empty section. */
    <T> T section(String key, Function<Section, T> reader, String emptyWord) {
        known.add(key);
        reading.noteEmptyWord(path(key), emptyWord);
        Entry entry = mapping.entries().get(key);
        Section section = new Section(reading, path(key),
                entry == null ? Mapping.EMPTY : asMapping(key, entry.value(), emptyWord));
        T value = reader.apply(section);
        section.rejectUnknown();
        return value;
    }

    /** A section that may be left out as a whole. */
    <T> @Nullable T optionalSection(String key, Function<Section, T> reader) {
        boolean present = mapping.entries().containsKey(key) || reading.isDescribing() || reading.speaksOf(path(key));
        known.add(key);
        return present ? section(key, reader) : null;
    }

    /** A list of sections. */
    <T> List<T> sections(String key, Function<Section, T> reader) {
        known.add(key);
        if (reading.isDescribing()) {
            return List.of(reader.apply(new Section(reading, path(key) + "[]", Mapping.EMPTY)));
        }
        List<Mapping> items = items(key);
        int length = Math.max(items.size(), reading.overriddenLength(path(key)));
        List<T> values = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            Section section = new Section(reading, path(key) + "[" + i + "]",
                    i < items.size() ? items.get(i) : Mapping.EMPTY);
            values.add(reader.apply(section));
            section.rejectUnknown();
        }
        return values;
    }

    /** Reports that the keys of this section do not go together. */
    void conflict(String key, String message) {
        if (!reading.isDescribing()) {
            ValueOrigin origin = key.isEmpty() ? ValueOrigin.DEFAULT : reading.originOf(path(key));
            reading.problem(origin instanceof ValueOrigin.Default ? reading.inFile(mapping.at()) : origin,
                    key.isEmpty() ? path : path(key), message);
        }
    }

    /** Which of these keys, read before, are set. */
    List<String> setAmong(String... keys) {
        return Arrays.stream(keys)
                .filter(key -> !(reading.originOf(path(key)) instanceof ValueOrigin.Default))
                .toList();
    }

    /** Reports the keys of the file that no reader has asked for. Called when the section has been read. */
    void rejectUnknown() {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                String where = path.isEmpty() ? "the top level" : path;
                String knownKeys = Text.nearest(key, known).isPresent()
                        ? ""
                        : "; " + where + " has: " + String.join(", ", known);
                reading.problem(reading.inFile(entry.keyAt()), path(Text.shorten(key)),
                        "is no key" + Text.didYouMean(key, known) + knownKeys);
            }
        });
    }

    private <T> void record(String key, ValueType<T> type, String whenAbsent, String shown, Found<?> found,
            String about) {
        reading.add(new Setting(path(key), type.allowed(), whenAbsent, shown, found.isSet(), found.origin(), about,
                new Setting.Form(type.shape(), false, whenAbsent.equals(Setting.REQUIRED))));
    }

    private <T> Found<T> find(String key, ValueType<T> type) {
        known.add(key);
        Optional<Raw> override = reading.override(path(key));
        Entry entry = mapping.entries().get(key);
        if (override.isPresent()) {
            return new Found<>(parse(key, type, override.get()), true, override.get().origin());
        }
        if (entry == null) {
            return new Found<>(null, false, ValueOrigin.DEFAULT);
        }
        ValueOrigin origin = reading.inFile(entry.value().at());
        return switch (entry.value()) {
            case Scalar scalar -> new Found<>(parse(key, type, new Raw(scalar.text(), origin)), true, origin);
            case Nothing nothing -> wrong(key, origin, "has no value; give it " + type.allowed() + ", or leave it out");
            case Mapping nested -> wrong(key, origin, "is a section here; it must be " + type.allowed());
            case Sequence list -> wrong(key, origin, "is a list here; it must be " + type.allowed());
        };
    }

    private <T> Found<List<T>> findAll(String key, ValueType<T> type) {
        known.add(key);
        Optional<Raw> override = reading.override(path(key));
        Entry entry = mapping.entries().get(key);
        if (override.isPresent()) {
            Raw raw = override.get();
            List<Raw> parts = raw.text().equals("[]")
                    ? List.of()
                    : Arrays.stream(raw.text().split(",", -1))
                            .map(part -> new Raw(part.strip(), raw.origin()))
                            .toList();
            return new Found<>(parseAll(key, type, parts, raw.origin()), true, raw.origin());
        }
        if (entry == null) {
            return new Found<>(null, false, ValueOrigin.DEFAULT);
        }
        ValueOrigin origin = reading.inFile(entry.value().at());
        if (!(entry.value() instanceof Sequence list)) {
            return wrong(key, origin, "must be a list such as [a, b]");
        }
        List<Raw> parts = new ArrayList<>();
        for (Tree item : list.items()) {
            if (item instanceof Scalar scalar) {
                parts.add(new Raw(scalar.text(), reading.inFile(scalar.at())));
            } else {
                reading.problem(reading.inFile(item.at()), path(key), "each element must be " + type.allowed());
            }
        }
        return new Found<>(parseAll(key, type, parts, origin), true, origin);
    }

    private <T> List<T> parseAll(String key, ValueType<T> type, List<Raw> parts, ValueOrigin origin) {
        if (parts.size() > MAX_ITEMS) {
            reading.problem(origin, path(key), "has more than " + MAX_ITEMS + " elements");
            return List.of();
        }
        List<T> values = new ArrayList<>();
        for (Raw part : parts) {
            T value = parse(key, type, part);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    private <T> @Nullable T parse(String key, ValueType<T> type, Raw raw) {
        try {
            if (raw.text().length() > ValueType.MAX_LENGTH) {
                throw new IllegalArgumentException("is longer than " + ValueType.MAX_LENGTH + " characters");
            }
            return type.parse().apply(raw.text());
        } catch (IllegalArgumentException wrong) {
            String shown = type.secret() ? "the value" : Text.quote(raw.text());
            reading.problem(raw.origin(), path(key), shown + " " + wrong.getMessage() + "; allowed: " + type.allowed()
                    + (type.secret() ? "" : Text.didYouMean(raw.text(), type.shape().words())));
            return null;
        }
    }

    private <T> Found<T> wrong(String key, ValueOrigin origin, String message) {
        reading.problem(origin, path(key), message);
        return new Found<>(null, true, origin);
    }

    private Mapping asMapping(String key, Tree tree, String emptyWord) {
        return switch (tree) {
            case Scalar scalar when scalar.text().equals(emptyWord) ->
                new Mapping(scalar.at(), Mapping.EMPTY.entries());
            case Mapping nested -> nested;
            case Nothing nothing -> new Mapping(nothing.at(), Mapping.EMPTY.entries());
            case Sequence list -> notSection(key, list);
            case Scalar scalar -> notSection(key, scalar);
        };
    }

    private Mapping notSection(String key, Tree tree) {
        reading.problem(reading.inFile(tree.at()), path(key), "must be a section of keys and values");
        return Mapping.EMPTY;
    }

    private List<Mapping> items(String key) {
        Entry entry = mapping.entries().get(key);
        if (entry == null || entry.value() instanceof Nothing) {
            return List.of();
        }
        if (!(entry.value() instanceof Sequence list)) {
            reading.problem(reading.inFile(entry.value().at()), path(key),
                    "must be a list; begin each element with \"- \"");
            return List.of();
        }
        if (list.items().size() > Reading.MAX_SECTIONS) {
            reading.problem(reading.inFile(list.at()), path(key),
                    "has more than " + Reading.MAX_SECTIONS + " elements");
            return List.of();
        }
        return list.items().stream().map(item -> asMapping(key, item, "")).toList();
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** What was found of a key; the value is null where there is none or where it is wrong. */
    private record Found<T>(@Nullable T value, boolean isSet, ValueOrigin origin) {}
}
