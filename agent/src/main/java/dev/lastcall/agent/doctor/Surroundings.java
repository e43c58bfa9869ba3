// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.systemd.Systemctl;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;

/**
 * The node that is looked at.
 *
 * @param config as it holds here
 * @param environment of this process
 * @param root the file system's root
 * @param systemctl asks systemd
 * @param busctl asks logind
 * @param clock of the node
 * @param vertx owns the sockets
 */
record Surroundings(AgentConfig config, Map<String, String> environment, Path root, Systemctl systemctl,
        Systemctl busctl, NodeClock clock, Vertx vertx) {

    Surroundings {
        environment = Map.copyOf(environment);
    }

    /** This machine. */
    static Surroundings local(AgentConfig config, Map<String, String> environment, Vertx vertx) {
        return new Surroundings(config, environment, Path.of("/"), Systemctl.local(),
                new Systemctl(List.of("busctl")), NodeClock.system(), vertx);
    }

    /** A path of the node's file system. */
    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    boolean hasSystemd() {
        return java.nio.file.Files.isDirectory(at("/run/systemd/system"));
    }
}
