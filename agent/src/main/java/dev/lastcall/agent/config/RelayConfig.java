// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;

/**
 * Passes the node's notices on to gates in other processes.
 *
 * @param socket where they connect
 */
public record RelayConfig(Path socket) {

    static RelayConfig read(Section section) {
        return new RelayConfig(section.required("socket", ValueType.absolutePath(), Path.of("/"),
                "A socket in a directory of its own, where gates in pods of this node hear of notices; read-only."));
    }
}
