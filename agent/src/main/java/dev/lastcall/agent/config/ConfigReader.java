// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.config.Tree.Mapping;

/**
 * Reads the configuration: the file, the environment over it, flags over those. Everything is read and checked before
 * anything is made of it, and all problems come out together; nothing that the inputs hold makes it throw.
 */
public final class ConfigReader {

    /** Most problems that are reported; a file with more of them is no configuration. */
    static final int MAX_PROBLEMS = 50;

    private ConfigReader() {}

    /** Reads and checks. */
    public static ConfigResult read(ConfigInputs inputs) {
        List<ConfigProblem> problems = new ArrayList<>();
        Mapping file = new TreeReader(inputs.file().toString(), problems).read(inputs.file(), inputs.mustExist());
        Reading reading = Reading.of(inputs, problems);
        Section top = new Section(reading, "", file);
        AgentConfig config = AgentSchema.read(top);
        top.rejectUnknown();
        reading.rejectUnknown();
        if (problems.isEmpty()) {
            return new ConfigResult.Valid(config, reading.settings());
        }
        List<ConfigProblem> sorted = reading.problems();
        if (sorted.size() <= MAX_PROBLEMS) {
            return new ConfigResult.Invalid(sorted);
        }
        List<ConfigProblem> first = new ArrayList<>(sorted.subList(0, MAX_PROBLEMS));
        first.add(new ConfigProblem(new ValueOrigin.InFile(inputs.file().toString(), 0, 0), "",
                "and " + (sorted.size() - MAX_PROBLEMS) + " more problems"));
        return new ConfigResult.Invalid(first);
    }

    /** Every key with its default, lists of sections as templates, in the order of the reference. */
    public static List<Setting> describe() {
        Reading reading = Reading.toDescribe();
        AgentSchema.read(new Section(reading, "", Mapping.EMPTY));
        return List.copyOf(reading.settings());
    }

    /** The JSON Schema of the file. */
    static ConfigJsonSchema jsonSchema() {
        Reading reading = Reading.toDescribe();
        AgentSchema.read(new Section(reading, "", Mapping.EMPTY));
        return new ConfigJsonSchema(reading.settings(), reading.emptyWords());
    }
}
