// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one entry of a script's faults. Not thread-safe. */
final class FaultReader {

    private static final List<String> SCOPE = List.of("from", "until", "for", "path", "method", "times");

    private final ScriptProblems problems;
    private final ScriptReader reader;

    FaultReader(ScriptProblems problems, ScriptReader reader) {
        this.problems = problems;
        this.reader = reader;
    }

    Optional<Fault> read(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping fault)) {
            problems.add(node.line(), "a fault is a mapping, not " + node.kind());
            return Optional.empty();
        }
        List<String> allowed = new ArrayList<>(SCOPE);
        allowed.addAll(EffectText.FORMS.keySet());
        reader.allowOnly(fault, allowed);
        List<Effect> effects = new ArrayList<>();
        fault.entries().forEach((key, value) -> {
            EffectText.Form form = EffectText.FORMS.get(key);
            if (form != null) {
                effect(fault, key, form).ifPresent(effects::add);
            }
        });
        if (fault.entries().keySet().stream().noneMatch(EffectText.FORMS::containsKey)) {
            problems.add(fault.line(),
                    "a fault has an effect; allowed: " + String.join(", ", EffectText.FORMS.keySet()));
        }
        if (effects.isEmpty()) {
            return Optional.empty();
        }
        Duration from = reader.duration(fault, "from").orElse(Duration.ZERO);
        return reader.attempt(fault.line(), "from", () -> new Fault(from, until(fault, from),
                reader.text(fault, "path").orElse("*"), reader.text(fault, "method").orElse("*"), times(fault),
                effects));
    }

    private Optional<Effect> effect(YamlNode.Mapping fault, String key, EffectText.Form form) {
        int line = ScriptReader.lineOf(fault, key);
        return reader.text(fault, key)
                .flatMap(text -> reader.attempt(line, key, () -> form.reader()
                        .apply(text)
                        .orElseThrow(
                                () -> new IllegalArgumentException("\"" + text + "\"; allowed: " + form.allowed()))));
    }

    private Duration until(YamlNode.Mapping fault, Duration from) {
        Optional<Duration> until = reader.duration(fault, "until");
        Optional<Duration> length = reader.duration(fault, "for");
        if (until.isPresent() && length.isPresent()) {
            problems.add(ScriptReader.lineOf(fault, "for"), "for", "either until or for, not both");
        }
        return until.or(() -> length.map(from::plus)).orElse(Fault.FOREVER);
    }

    private int times(YamlNode.Mapping fault) {
        Optional<String> text = reader.text(fault, "times");
        if (text.isEmpty()) {
            return Fault.UNLIMITED;
        }
        if (!text.get().matches("[1-9]\\d{0,8}")) {
            problems.add(ScriptReader.lineOf(fault, "times"), "times", "\"" + text.get()
                    + "\"; allowed: a whole number from 1");
            return 1;
        }
        return Integer.parseInt(text.get());
    }
}
