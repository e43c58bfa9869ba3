// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.ConfigInputs.FlagValue;

import static org.assertj.core.api.Assertions.assertThat;

/** Writes a configuration to a file and reads it. */
final class ConfigText {

    private final Path file;

    ConfigText(Path directory) {
        this.file = directory.resolve("lastcall.yaml");
    }

    AgentConfig valid(String yaml, Map<String, String> environment, FlagValue... flags) {
        return result(yaml, environment, flags).config();
    }

    ConfigResult.Valid result(String yaml, Map<String, String> environment, FlagValue... flags) {
        ConfigResult result = read(yaml.getBytes(StandardCharsets.UTF_8), environment, flags);
        assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Valid.class);
        return (ConfigResult.Valid) result;
    }

    /** The problems, without the directory before the file's name. */
    List<String> problems(String yaml, Map<String, String> environment, FlagValue... flags) {
        return problems(yaml.getBytes(StandardCharsets.UTF_8), environment, flags);
    }

    List<String> problems(byte[] yaml, Map<String, String> environment, FlagValue... flags) {
        ConfigResult result = read(yaml, environment, flags);
        return switch (result) {
            case ConfigResult.Valid valid -> List.of();
            case ConfigResult.Invalid invalid -> invalid.problems()
                    .stream()
                    .map(problem -> problem.toString().replace(file.getParent() + "/", ""))
                    .toList();
        };
    }

    private ConfigResult read(byte[] yaml, Map<String, String> environment, FlagValue... flags) {
        try {
            Files.write(file, yaml);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return ConfigReader.read(new ConfigInputs(file, true, environment, List.of(flags)));
    }
}
