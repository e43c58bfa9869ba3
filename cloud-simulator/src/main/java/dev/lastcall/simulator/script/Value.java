// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a key holds: text, a time that is worked out when it is served, or JSON made of those.
 *
 * <p>At the top level text goes onto the wire as it is; {@link Fields} and {@link Items} as JSON. Immutable.
 */
public sealed interface Value {

    /** Where a {@link Time} counts from. */
    enum Base {
        /** The moment at which the timeline sets the key; the time is the same on every read. */
        CHANGE("in"),
        /** The start of the timeline; the time is the same on every read. */
        START("at"),
        /** Each read: a time that runs away from its reader, as some test servers give. */
        READ("always in");

        private final String word;

        Base(String word) {
            this.word = word;
        }
    }

    /**
     * Text as it is. Text that begins as a {@link Time} does is taken for a time, or for a time with a slip in it.
     *
     * @param text any characters; UTF-8 on the wire
     */
    record Text(String text) implements Value {
        private static final Pattern BEGINS_AS_TIME = Pattern.compile("(?:in|at|always in) -?\\d");

        public Text {
            if (BEGINS_AS_TIME.matcher(text).lookingAt()) {
                throw new IllegalArgumentException("\"" + text + "\" is no text but a time, and one writes "
                        + "in 120s, at 130s or always in 120s, each with \"as FORMAT\" if need be; formats: "
                        + Arrays.stream(ScriptTimeFormat.values())
                                .map(ScriptTimeFormat::label)
                                .collect(Collectors.joining(", ")));
            }
        }
    }

    /**
     * A time.
     *
     * @param base where it counts from
     * @param offset how far from there; may be negative
     * @param format how it is written
     */
    record Time(Base base, Duration offset, ScriptTimeFormat format) implements Value {
        private static final Pattern FORM = Pattern
                .compile("(in|at|always in) (" + DurationText.PATTERN + "|0)(?: as ([a-z0-9-]+))?");

        /** The time that a script's text names, or empty when it is no time. */
        static Optional<Time> parse(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                return Optional.empty();
            }
            String format = form.group(3);
            return Arrays.stream(ScriptTimeFormat.values())
                    .filter(candidate -> candidate.label().equals(format == null ? "provider" : format))
                    .findFirst()
                    .flatMap(known -> DurationText.parse(form.group(2))
                            .map(offset -> new Time(baseOf(form.group(1)), offset, known)));
        }

        private static Base baseOf(String word) {
            return Arrays.stream(Base.values()).filter(base -> base.word.equals(word)).findFirst().orElseThrow();
        }

        /** As a script writes it. */
        @Override
        public String toString() {
            String text = base.word + " " + DurationText.format(offset);
            return format == ScriptTimeFormat.PROVIDER ? text : text + " as " + format.label();
        }
    }

    /** A whole number. */
    record Whole(long number) implements Value {}

    /** A number with a fraction; finite. */
    record Decimal(double number) implements Value {
        public Decimal {
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException("JSON has no number " + number);
            }
        }
    }

    /** A truth value. */
    record Bool(boolean truth) implements Value {}

    /** JSON's null; only inside {@link Fields} and {@link Items}. */
    record Null() implements Value {}

    /** A JSON object; keeps the order of its fields. */
    record Fields(Map<String, Value> fields) implements Value {
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** A JSON array. */
    record Items(List<Value> items) implements Value {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** A {@link Time} where the text has that form ({@code in 120s}, {@code at 130s as iso-fraction}), else text. */
    static Value of(String text) {
        return Time.parse(text).<Value>map(time -> time).orElseGet(() -> new Text(text));
    }

    /** The time that lies {@code offset} after the moment at which the key is set, in the provider's format. */
    static Value in(Duration offset) {
        return new Time(Base.CHANGE, offset, ScriptTimeFormat.PROVIDER);
    }

    /**
     * A JSON object from names and values by turns. A value is a {@link Value}, a {@link String} as in
     * {@link #of(String)}, a {@link Long}, an {@link Integer} or a {@link Boolean}.
     *
     * @throws IllegalArgumentException if a value is of another type, a name is no string or is without a value
     */
    static Value fields(Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a name without a value: " + Arrays.toString(namesAndValues));
        }
        Map<String, Value> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!(namesAndValues[i] instanceof String name)) {
                throw new IllegalArgumentException("not a name: " + namesAndValues[i]);
            }
            fields.put(name, valueOf(namesAndValues[i + 1]));
        }
        return new Fields(fields);
    }

    /** A JSON array; the values as in {@link #fields}. */
    static Value items(Object... values) {
        List<Value> items = new ArrayList<>();
        for (Object value : values) {
            items.add(valueOf(value));
        }
        return new Items(items);
    }

    private static Value valueOf(Object value) {
        return switch (value) {
            case Value ready -> ready;
            case String text -> of(text);
            case Integer number -> new Whole(number);
            case Long number -> new Whole(number);
            case Boolean truth -> new Bool(truth);
            default -> throw new IllegalArgumentException("no value can be made of a " + value.getClass().getName());
        };
    }
}
