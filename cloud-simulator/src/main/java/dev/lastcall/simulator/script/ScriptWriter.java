// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Writes a script in the form that {@link ScriptReader} reads. */
final class ScriptWriter {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private ScriptWriter() {}

    static String write(Script script) {
        ObjectNode root = MAKE.objectNode();
        root.put("cloud", script.cloud().label());
        switch (script.cloud()) {
            case SimulatedCloud.Aws aws -> root.put("tokens", aws.tokens().label());
            case SimulatedCloud.Gcp gcp -> root.put("view", gcp.view().label());
            case SimulatedCloud.Azure azure -> root.put("firstCall", DurationText.format(azure.firstCall()));
        }
        ArrayNode timeline = root.putArray("timeline");
        script.timeline().changes().forEach(change -> timeline.add(step(change)));
        ArrayNode faults = root.putArray("faults");
        script.timeline().faults().forEach(fault -> faults(fault, faults));
        return new YAMLMapper().writeValueAsString(root);
    }

    private static ObjectNode step(Timeline.Change change) {
        ObjectNode step = MAKE.objectNode();
        step.put("at", DurationText.format(change.at()));
        switch (change) {
            case Timeline.Change.Set set -> step.putObject("set").set(set.key(), value(set.value()));
            case Timeline.Change.Remove remove -> step.putArray("remove").add(remove.key());
        }
        return step;
    }

    private static JsonNode value(Value value) {
        return switch (value) {
            case Value.Text text -> MAKE.stringNode(text.text());
            case Value.Time time -> MAKE.stringNode(time.toString());
            case Value.Whole whole -> MAKE.numberNode(whole.number());
            case Value.Decimal decimal -> MAKE.numberNode(decimal.number());
            case Value.Bool bool -> MAKE.booleanNode(bool.truth());
            case Value.Null _ -> MAKE.nullNode();
            case Value.Fields fields -> {
                ObjectNode object = MAKE.objectNode();
                fields.fields().forEach((name, field) -> object.set(name, value(field)));
                yield object;
            }
            case Value.Items items -> {
                ArrayNode array = MAKE.arrayNode();
                items.items().forEach(item -> array.add(value(item)));
                yield array;
            }
        };
    }

    private static void faults(Fault fault, ArrayNode faults) {
        ObjectNode entry = faults.addObject();
        entry.put("from", DurationText.format(fault.from()));
        if (!fault.until().equals(Fault.FOREVER)) {
            entry.put("until", DurationText.format(fault.until()));
        }
        entry.put("path", fault.path());
        entry.put("method", fault.method());
        if (fault.times() != Fault.UNLIMITED) {
            entry.put("times", fault.times());
        }
        for (Effect effect : fault.effects()) {
            Map.Entry<String, String> text = EffectText.write(effect);
            entry.put(text.getKey(), text.getValue());
        }
    }
}
