// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The keys and what they hold at the present position of the timeline. Confined to the event loop. */
public final class MetadataTree {

    /** How a cloud writes times and truth values. */
    interface Spelling {
        /** The format of a time that names none. */
        ScriptTimeFormat timeFormat(String key);

        /** A truth value that is the whole answer. */
        String truth(boolean value);
    }

    private record Held(Value value, Duration since) {}

    private final TreeMap<String, Held> held = new TreeMap<>();
    private final Map<String, Integer> revisions = new HashMap<>();
    private final List<Timeline.Change> changes;
    private final Spelling spelling;
    private final SimulatorClock clock;
    private int applied;

    public MetadataTree(Map<String, Value> facts, List<Timeline.Change> changes, Spelling spelling,
            SimulatorClock clock) {
        facts.forEach((key, value) -> held.put(key, new Held(value, Duration.ZERO)));
        this.changes = changes;
        this.spelling = spelling;
        this.clock = clock;
    }

    /** Applies every change that is due. */
    public void update() {
        Duration position = clock.position();
        while (applied < changes.size() && changes.get(applied).at().compareTo(position) <= 0) {
            switch (changes.get(applied++)) {
                case Timeline.Change.Set set -> put(set.key(), set.value(), set.at());
                case Timeline.Change.Remove remove -> {
                    if (held.remove(remove.key()) != null) {
                        revisions.merge(remove.key(), 1, Integer::sum);
                    }
                }
            }
        }
    }

    /** When the next change is due, or for ever. */
    public Duration nextChange() {
        return applied < changes.size() ? changes.get(applied).at() : Fault.FOREVER;
    }

    /** Sets a key by other means than the timeline; times in it count from where they counted before. */
    void replace(String key, Value value) {
        Held before = held.get(key);
        put(key, value, before == null ? clock.position() : before.since());
    }

    private void put(String key, Value value, Duration since) {
        Held before = held.put(key, new Held(value, since));
        if (before == null || !before.value().equals(value)) {
            revisions.merge(key, 1, Integer::sum);
        }
    }

    /** How often the key has changed. */
    int revision(String key) {
        return revisions.getOrDefault(key, 0);
    }

    Optional<Value> value(String key) {
        return Optional.ofNullable(held.get(key)).map(Held::value);
    }

    /** The key's value as the body of an answer: text as it is, anything else as JSON. */
    Optional<String> text(String key) {
        return Optional.ofNullable(held.get(key)).map(found -> switch (found.value()) {
            case Value.Text text -> text.text();
            case Value.Time time -> render(key, time, found.since());
            case Value.Whole whole -> Long.toString(whole.number());
            case Value.Decimal decimal -> Double.toString(decimal.number());
            case Value.Bool bool -> spelling.truth(bool.truth());
            case Value.Null _ -> "null";
            case Value.Fields _,Value.Items _ -> json(key, found.value(), found.since()).toString();
        });
    }

    /** The key's value as JSON; a truth value that is the whole value is text there too, as both clouds have it. */
    Optional<JsonNode> json(String key) {
        return Optional.ofNullable(held.get(key))
                .map(found -> found.value() instanceof Value.Bool bool
                        ? JsonNodeFactory.instance.stringNode(spelling.truth(bool.truth()))
                        : json(key, found.value(), found.since()));
    }

    /** The keys below a directory, without its own name; empty when there is no such directory. */
    SortedMap<String, String> below(String directory) {
        if (directory.isEmpty()) {
            SortedMap<String, String> all = new TreeMap<>();
            held.keySet().forEach(key -> all.put(key, key));
            return all;
        }
        String prefix = directory + "/";
        SortedMap<String, String> names = new TreeMap<>();
        for (String key : held.tailMap(prefix, true).keySet()) {
            if (!key.startsWith(prefix)) {
                break;
            }
            names.put(key.substring(prefix.length()), key);
        }
        return Collections.unmodifiableSortedMap(names);
    }

    /** A directory as one JSON object, its names put through {@code naming}; empty when there is no such directory. */
    Optional<JsonNode> nested(String directory, UnaryOperator<String> naming) {
        SortedMap<String, String> below = below(directory);
        if (below.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        below.forEach((name, key) -> json(key).ifPresent(value -> hang(root, name.split("/"), value, naming)));
        return Optional.of(root);
    }

    private static void hang(ObjectNode root, String[] names, JsonNode value, UnaryOperator<String> naming) {
        ObjectNode at = root;
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode next = at.path(naming.apply(names[i]));
            if (next.isMissingNode()) {
                at = at.putObject(naming.apply(names[i]));
            } else if (next instanceof ObjectNode object) {
                at = object;
            } else {
                return;
            }
        }
        at.set(naming.apply(names[names.length - 1]), value);
    }

    private JsonNode json(String key, Value value, Duration since) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (value) {
            case Value.Text text -> make.stringNode(text.text());
            case Value.Time time -> make.stringNode(render(key, time, since));
            case Value.Whole whole -> make.numberNode(whole.number());
            case Value.Decimal decimal -> make.numberNode(decimal.number());
            case Value.Bool bool -> make.booleanNode(bool.truth());
            case Value.Null _ -> make.nullNode();
            case Value.Fields fields -> {
                ObjectNode object = make.objectNode();
                fields.fields().forEach((name, field) -> object.set(name, json(key, field, since)));
                yield object;
            }
            case Value.Items items -> {
                ArrayNode array = make.arrayNode();
                items.items().forEach(item -> array.add(json(key, item, since)));
                yield array;
            }
        };
    }

    private String render(String key, Value.Time time, Duration since) {
        Instant instant = switch (time.base()) {
            case CHANGE -> clock.wallAt(since.plus(time.offset()));
            case START -> clock.wallAt(time.offset());
            case READ -> clock.wallAt(clock.position().plus(time.offset()));
        };
        ScriptTimeFormat format = time.format() == ScriptTimeFormat.PROVIDER ? spelling.timeFormat(key) : time.format();
        return format.format(instant);
    }
}
