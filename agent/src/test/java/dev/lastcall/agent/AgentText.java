// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;

import static org.assertj.core.api.Assertions.assertThat;

/** The text of a configuration for one test: every port free, every file in the test's own directory. Immutable. */
public record AgentText(Path directory, String notices, String drain, String servers) {

    /** No notices, no servers, and a drain that settles soon. */
    public static AgentText in(Path directory) {
        return new AgentText(directory, "cloud: none", "settleTime: 200ms", "servers: []");
    }

    /** Where notices come from, as lines of the top level. */
    public AgentText notices(String lines) {
        return new AgentText(directory, lines, drain, servers);
    }

    /** The keys of {@code drain}, with commas between. */
    public AgentText drain(String keys) {
        return new AgentText(directory, notices, keys, servers);
    }

    /** A server called {@code model} behind a gate, stopped by a signal to {@code process}. */
    AgentText server(FakeModel model, Process process) {
        return new AgentText(directory, notices, drain, """
                servers:
                  - name: model
                    url: http://127.0.0.1:%d
                    kind: generic
                    gate: {listen: "127.0.0.1:0"}
                    stop: {pid: %d}
                """.formatted(model.port(), process.pid()));
    }

    /** Servers are looked for on this port. */
    public AgentText discovering(int port) {
        return new AgentText(directory, notices, drain, "discovery: {ports: [" + port + "]}");
    }

    public Path stateDirectory() {
        return directory.resolve("state");
    }

    public Path stateFile() {
        return stateDirectory().resolve("state.json");
    }

    /** Takes some minutes off every instant in the state file, as if the agent had been down for so long. */
    void pretendThatTheDeadlinePassed() {
        try {
            String state = Files.readString(stateFile());
            for (String key : List.of("deadline", "deadlineAt", "settledAt", "cutAt", "stopAt", "killAt", "startAt",
                    "detected")) {
                state = Pattern.compile("\"" + key + "\":(\\d+)")
                        .matcher(state)
                        .replaceAll(found -> "\"" + key + "\":" + (Long.parseLong(found.group(1)) - 150_000));
            }
            Files.writeString(stateFile(), state);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Path controlSocket() {
        return directory.resolve("c.sock");
    }

    public String text() {
        return """
                %s
                stateDirectory: %s
                drain: {%s}
                %s
                api: {listen: "127.0.0.1:0", socket: %s}
                """.formatted(notices, stateDirectory(), drain, servers, controlSocket());
    }

    /** Writes it to a file. */
    public Path write() {
        try {
            return Files.writeString(directory.resolve("lastcall.yaml"), text());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Reads it as the agent does. */
    public AgentConfig read() {
        ConfigResult result = ConfigReader.read(new ConfigInputs(write(), true, Map.of(), List.of()));
        assertThat(result).isInstanceOf(ConfigResult.Valid.class);
        return ((ConfigResult.Valid) result).config();
    }
}
