// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sorts the environment's {@code LASTCALL_} variables into those that name a key exactly, those that Kubernetes made of a
 * Service, and strangers. Only the first kind is configuration: a variable that merely begins like a section must not bring
 * that section to life. Immutable.
 *
 * @param values of the variables that name a key, by name; none is empty
 * @param strangers the names that are neither a key nor a Service's, in order
 */
record EnvironmentKeys(Map<String, String> values, List<String> strangers) {

    /** Nothing is set. */
    static final EnvironmentKeys NONE = new EnvironmentKeys(Map.of(), List.of());

    /** Variables that other parts read: the launcher, the commands that speak to a running agent, `warm`. */
    private static final Set<String> NOT_KEYS = Set.of(ConfigInputs.FILE_VARIABLE, "LASTCALL_JAVA_HOME",
            "LASTCALL_JAVA_OPTS", "LASTCALL_AUTHORIZATION");

    /** What the kubelet makes of a Service for each pod of its namespace, and container engines of a link. */
    private static final Pattern SERVICE_HOST = Pattern.compile("(.+)_SERVICE_HOST");
    private static final Pattern SERVICE_PORT = Pattern.compile(".+_SERVICE_PORT(_.+)?");
    private static final Pattern PORT = Pattern.compile(".+_PORT(_\\d+_(TCP|UDP|SCTP))?");
    private static final Pattern PORT_PART = Pattern.compile(".+_PORT_\\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)");
    private static final Pattern PORT_VALUE = Pattern.compile("(tcp|udp|sctp)://.*");

    EnvironmentKeys {
        values = Map.copyOf(values);
        strangers = List.copyOf(strangers);
    }

    static EnvironmentKeys of(Map<String, String> environment) {
        Map<String, String> ours = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(Variables.PREFIX) && !NOT_KEYS.contains(name)) {
                ours.put(name, value);
            }
        });
        if (ours.isEmpty()) {
            return NONE;
        }
        Pattern key = keys();
        Map<String, String> values = new TreeMap<>();
        List<String> strangers = new ArrayList<>();
        ours.forEach((name, value) -> {
            boolean isKey = key.matcher(name).matches();
            if (isService(name, value, isKey)) {
                return;
            }
            if (!isKey) {
                strangers.add(name);
            } else if (!value.isEmpty()) {
                values.put(name, value);
            }
        });
        return new EnvironmentKeys(values, strangers);
    }

    /** Every key's variable, a list's element by any number. */
    private static Pattern keys() {
        return Pattern.compile(ConfigReader.describe()
                .stream()
                .map(setting -> Variables.patternOf(setting.key()))
                .collect(Collectors.joining("|")));
    }

    /** By its name; one that could be a key as well, such as the port of {@code kubernetes.pods}, by its value. */
    private static boolean isService(String name, String value, boolean isKey) {
        if (PORT.matcher(name).matches() && PORT_VALUE.matcher(value).matches()) {
            return true;
        }
        return !isKey && (SERVICE_HOST.matcher(name).matches() || SERVICE_PORT.matcher(name).matches()
                || PORT_PART.matcher(name).matches());
    }
}
