// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class EnvironmentKeysTest {

    @TempDir
    Path directory;

    /** A Service named like each section, each list's element and each key: what the kubelet would make variables of. */
    static Set<String> prefixes() {
        Set<String> prefixes = new TreeSet<>(Set.of("LASTCALL"));
        for (Setting setting : ConfigReader.describe()) {
            String name = Variables.nameOf(setting.key().replace("[]", "[0]"));
            for (int end = name.length(); end > 0; end = name.lastIndexOf('_', end - 1)) {
                prefixes.add(name.substring(0, end));
            }
        }
        return prefixes;
    }

    /** As Kubernetes' documentation has them ("Discovering services", environment variables). */
    private static Map<String, String> ofService(String prefix) {
        Map<String, String> made = new HashMap<>();
        made.put(prefix + "_SERVICE_HOST", "10.0.0.7");
        made.put(prefix + "_SERVICE_PORT", "9808");
        made.put(prefix + "_SERVICE_PORT_METRICS", "9808");
        made.put(prefix + "_PORT", "tcp://10.0.0.7:9808");
        for (String protocol : Set.of("TCP", "UDP", "SCTP")) {
            String port = prefix + "_PORT_9808_" + protocol;
            made.put(port, protocol.toLowerCase(java.util.Locale.ROOT) + "://10.0.0.7:9808");
            made.put(port + "_PROTO", protocol.toLowerCase(java.util.Locale.ROOT));
            made.put(port + "_PORT", "9808");
            made.put(port + "_ADDR", "10.0.0.7");
        }
        return made;
    }

    @ParameterizedTest
    @MethodSource("prefixes")
    void theVariablesOfAServiceAreNoConfiguration(String prefix) {
        ConfigText text = new ConfigText(directory);

        assertThat(text.valid("", ofService(prefix))).isEqualTo(text.valid("", Map.of()));
    }

    @Test
    void aKeyOfThePortsNameIsStillRead() {
        assertThat(EnvironmentKeys.of(Map.of("LASTCALL_KUBERNETES_PODS_PORT", "9000")).values())
                .containsEntry("LASTCALL_KUBERNETES_PODS_PORT", "9000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LASTCALL_WEBHOOK_ULR", "LASTCALL_KUBERNETES_POD_PORT", "LASTCALL_SERVERS_0_UURL",
        "LASTCALL_SERVERS_70_URL", "LASTCALL_METRICS_PORT"})
    void aVariableThatNamesNoKeyIsTheOnlyProblem(String name) {
        assertThat(new ConfigText(directory).problems("", Map.of(name, "8000"))).singleElement()
                .asString()
                .startsWith("environment " + name + ": the variable names no key");
    }
}
