// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Turns the YAML of one script into a {@link Script}, or into all that is wrong with it. Not thread-safe. */
final class ScriptReader {

    private static final List<String> CLOUDS = List.of("aws", "gcp", "azure");
    /** The one option that each cloud has besides the keys of every script. */
    private static final Map<String, String> OPTION = Map.of("aws", "tokens", "gcp", "view", "azure", "firstCall");

    private final ScriptProblems problems;
    private final FaultReader faultReader;

    private ScriptReader(ScriptProblems problems) {
        this.problems = problems;
        this.faultReader = new FaultReader(problems, this);
    }

    /**
     * Reads a script.
     *
     * @param file the name of the file in messages about problems
     */
    static Script read(String file, String text) throws ScriptException {
        ScriptProblems problems = new ScriptProblems(file);
        Optional<YamlNode> root = YamlNode.parse(text, problems);
        Optional<Script> script = root.flatMap(node -> new ScriptReader(problems).script(node));
        problems.check();
        return script.orElseThrow();
    }

    private Optional<Script> script(YamlNode root) {
        if (!(root instanceof YamlNode.Mapping top)) {
            problems.add(root.line(), "a script is a mapping with the keys cloud, timeline and faults");
            return Optional.empty();
        }
        String cloud = text(top, "cloud").orElse("");
        if (!CLOUDS.contains(cloud)) {
            problems.add(lineOf(top, "cloud"), "cloud", "say which; allowed: " + String.join(", ", CLOUDS));
            return Optional.empty();
        }
        allowOnly(top, List.of("cloud", OPTION.getOrDefault(cloud, ""), "timeline", "faults"));
        List<Timeline.Change> changes = new ArrayList<>();
        for (YamlNode step : list(top, "timeline")) {
            changes(step, changes);
        }
        List<Fault> faults = new ArrayList<>();
        for (YamlNode fault : list(top, "faults")) {
            faultReader.read(fault).ifPresent(faults::add);
        }
        Optional<SimulatedCloud> options = cloud(cloud, top);
        return attempt(top.line(), "timeline", () -> new Timeline(changes, faults))
                .flatMap(timeline -> options.map(known -> new Script(known, timeline)));
    }

    private Optional<SimulatedCloud> cloud(String label, YamlNode.Mapping top) {
        return switch (label) {
            case "aws" -> Optional.of(choice(top, "tokens", SimulatedCloud.Aws.Tokens.values(),
                    SimulatedCloud.Aws.Tokens::label).map(SimulatedCloud.Aws::new)
                    .orElse(SimulatedCloud.Aws.DEFAULT));
            case "gcp" -> Optional.of(choice(top, "view", SimulatedCloud.Gcp.View.values(),
                    SimulatedCloud.Gcp.View::label).map(SimulatedCloud.Gcp::new).orElse(SimulatedCloud.Gcp.DEFAULT));
            default -> attempt(lineOf(top, "firstCall"), "firstCall", () -> new SimulatedCloud.Azure(
                    duration(top, "firstCall").orElse(Duration.ZERO)));
        };
    }

    private void changes(YamlNode node, List<Timeline.Change> changes) {
        if (!(node instanceof YamlNode.Mapping step)) {
            problems.add(node.line(), "a step of the timeline is a mapping with the keys at, set and remove, not "
                    + node.kind());
            return;
        }
        allowOnly(step, List.of("at", "set", "remove"));
        Optional<Duration> at = duration(step, "at");
        if (at.isEmpty() && !step.entries().containsKey("at")) {
            problems.add(step.line(), "at", "missing; " + DurationText.ALLOWED + " from the start");
        }
        Duration moment = at.orElse(Duration.ZERO);
        YamlNode set = step.entries().get("set");
        YamlNode remove = step.entries().get("remove");
        if (set == null && remove == null) {
            problems.add(step.line(), "a step does something; allowed: set, remove");
        }
        if (set instanceof YamlNode.Mapping values) {
            values.entries()
                    .forEach((key, value) -> attempt(value.line(), key,
                            () -> new Timeline.Change.Set(moment, key, value(value))).ifPresent(changes::add));
        } else if (set != null) {
            problems.add(set.line(), "set", "a mapping from keys to values, not " + set.kind());
        }
        for (YamlNode key : remove == null ? List.<YamlNode>of() : list(step, "remove")) {
            if (key instanceof YamlNode.Scalar name) {
                attempt(key.line(), "remove", () -> new Timeline.Change.Remove(moment, name.text()))
                        .ifPresent(changes::add);
            } else {
                problems.add(key.line(), "remove", "a list of keys, not of " + key.kind());
            }
        }
    }

    private static Value value(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar.value();
            case YamlNode.Mapping mapping -> {
                Map<String, Value> fields = new LinkedHashMap<>();
                mapping.entries().forEach((name, field) -> fields.put(name, value(field)));
                yield new Value.Fields(fields);
            }
            case YamlNode.Sequence sequence -> new Value.Items(sequence.items()
                    .stream()
                    .map(ScriptReader::value)
                    .toList());
        };
    }

    /** Reports every key that is not allowed. */
    void allowOnly(YamlNode.Mapping mapping, Collection<String> allowed) {
        mapping.entries().forEach((key, value) -> {
            if (!allowed.contains(key)) {
                problems.add(value.line(), key, "unknown; allowed: " + String.join(", ", allowed));
            }
        });
    }

    /** The text of a key, or empty where it is absent; anything but a scalar is reported. */
    Optional<String> text(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.entries().get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof YamlNode.Scalar scalar) {
            return Optional.of(scalar.text());
        }
        problems.add(node.line(), key, "a single value, not " + node.kind());
        return Optional.empty();
    }

    /** The duration of a key, or empty where it is absent or reported. */
    Optional<Duration> duration(YamlNode.Mapping mapping, String key) {
        Optional<String> text = text(mapping, key);
        Optional<Duration> duration = text.flatMap(DurationText::parse);
        if (text.isPresent() && duration.isEmpty()) {
            problems.add(lineOf(mapping, key), key, "\"" + text.get() + "\" is no duration; write "
                    + DurationText.ALLOWED);
        }
        return duration;
    }

    private <T> Optional<T> choice(YamlNode.Mapping mapping, String key, T[] values, Function<T, String> label) {
        Optional<String> text = text(mapping, key);
        Optional<T> chosen = text.flatMap(given -> Arrays.stream(values)
                .filter(value -> label.apply(value).equals(given))
                .findFirst());
        if (text.isPresent() && chosen.isEmpty()) {
            Set<String> labels = Arrays.stream(values).map(label).collect(Collectors.toCollection(TreeSet::new));
            problems.add(lineOf(mapping, key), key, "\"" + text.get() + "\" is none of them; allowed: "
                    + String.join(", ", labels));
        }
        return chosen;
    }

    private List<YamlNode> list(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.entries().get(key);
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        if (node != null) {
            problems.add(node.line(), key, "a list, not " + node.kind());
        }
        return List.of();
    }

    /** What the maker makes, or empty when it refuses; then its reason is reported. */
    <T> Optional<T> attempt(int line, String key, Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException e) {
            problems.add(line, key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    static int lineOf(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.entries().get(key);
        return node == null ? mapping.line() : node.line();
    }
}
