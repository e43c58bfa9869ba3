// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The environment variables and the home folder in which the clouds' tools look for what they need.
 *
 * @param variables all of them
 * @param home of the user
 */
public record Environment(Map<String, String> variables, Path home) {

    /** Copies. */
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** Of this process. */
    public static Environment ofProcess() {
        return new Environment(System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    /** The variable, if it is set to anything but blanks; without blanks around it. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Whether the variable is set to {@code true} or {@code 1}. */
    public boolean isTrue(String name) {
        return variable(name).filter(value -> value.equalsIgnoreCase("true") || value.equals("1")).isPresent();
    }

    /** AWS's region: from the variables, else from the profile. */
    public Optional<String> region() {
        return variable("AWS_REGION").or(() -> variable("AWS_DEFAULT_REGION"))
                .or(() -> ProfileFiles.of(this).region());
    }
}
