// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the configuration is read from, in rising precedence.
 *
 * @param file the file
 * @param mustExist whether a flag or a variable named the file, so that its absence is an error
 * @param environment the process's environment
 * @param flags values from the command line; a later one wins over an earlier
 */
public record ConfigInputs(Path file, boolean mustExist, Map<String, String> environment, List<FlagValue> flags) {

    /** Where the file is looked for when no flag or variable names one. */
    public static final Path DEFAULT_FILE = Path.of("/etc/lastcall/lastcall.yaml");

    /** The environment variable that names the file. */
    public static final String FILE_VARIABLE = "LASTCALL_CONFIG";

    public ConfigInputs {
        environment = Map.copyOf(environment);
        flags = List.copyOf(flags);
    }

    /** The usual inputs: the file that {@code LASTCALL_CONFIG} names, else the default one if it is there. */
    public static ConfigInputs of(Map<String, String> environment, List<FlagValue> flags) {
        String named = environment.getOrDefault(FILE_VARIABLE, "");
        return named.isEmpty()
                ? new ConfigInputs(DEFAULT_FILE, false, environment, flags)
                : new ConfigInputs(Path.of(named), true, environment, flags);
    }

    /** The same inputs with a file that a flag or a variable named. */
    public ConfigInputs withFile(Path named) {
        return new ConfigInputs(named, true, environment, flags);
    }

    /**
     * One value from the command line.
     *
     * @param flag the flag's name with its dashes, for messages
     * @param key the path of the key
     * @param value the value as written
     */
    public record FlagValue(String flag, String key, String value) {}
}
