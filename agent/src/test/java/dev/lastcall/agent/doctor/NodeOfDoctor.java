// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.systemd.Systemctl;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;

/** A node to look at: a file system below a folder, and commands that say what a test wants. */
final class NodeOfDoctor {

    private final Path folder;
    private final Vertx vertx;

    NodeOfDoctor(Path folder, Vertx vertx) {
        this.folder = folder;
        this.vertx = vertx;
    }

    Path root() {
        return folder.resolve("root");
    }

    Path configuration() {
        return folder.resolve("lastcall.yaml");
    }

    /** Writes a file of the node. */
    void file(String path, String text) throws IOException {
        Path file = root().resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Has systemctl say this of every unit. */
    void systemctl(String answer) throws IOException {
        command("systemctl", answer);
        Files.createDirectories(root().resolve("run/systemd/system"));
    }

    void busctl(String answer) throws IOException {
        command("busctl", answer);
    }

    private void command(String name, String answer) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\ncat <<'END'\n" + answer + "\nEND\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** With these keys over a cloud of none, a folder of its own for the state, and a socket that no agent has. */
    Surroundings with(String keys) throws IOException {
        Files.createDirectories(root());
        String cloud = keys.contains("cloud:") ? "" : "cloud: none\n";
        String api = keys.contains("api:") ? "" : "api: { listen: '127.0.0.1:0', socket: " + folder + "/l.sock }\n";
        Files.writeString(configuration(), cloud + api + "stateDirectory: " + folder + "/state\n" + keys);
        return new Surroundings(config(), Map.of(), root(), program("systemctl"), program("busctl"),
                NodeClock.system(), vertx);
    }

    private Systemctl program(String name) {
        return new Systemctl(List.of(folder.resolve(name).toString()));
    }

    private AgentConfig config() {
        return switch (ConfigReader.read(new ConfigInputs(configuration(), true, Map.of(), List.of()))) {
            case ConfigResult.Valid valid -> valid.config();
            case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems().toString());
        };
    }
}
