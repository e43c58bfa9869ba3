// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.kind.Access;
import dev.lastcall.agent.server.kind.GaugeSource;
import dev.lastcall.agent.server.stop.StopWay;

/**
 * A server on this node, put together from the settings of its parts.
 *
 * @param name its name in metrics, logs and records
 * @param access where it serves, and the key of its own administrative calls
 * @param kind what it is; empty to find out
 * @param gate the reverse proxy before it, its addresses not looked up yet
 * @param gauge where in flight is read without a gate; empty for the kind's own
 * @param stop how it is asked to stop
 * @param stopFirst whether it is asked to stop at the notice already
 * @param doorCommand run at the notice; empty for none
 * @param probePathsOfKind whether the gate treats the probe paths of its kind as such: not where the operator lists them
 */
public record ServerSettings(String name, Access access, Optional<ServerKind> kind, Optional<GateSettings> gate,
        Optional<GaugeSource> gauge, StopWay stop, boolean stopFirst, List<String> doorCommand,
        boolean probePathsOfKind) {

    public ServerSettings {
        doorCommand = List.copyOf(doorCommand);
    }

    /** Where it serves. */
    public URI url() {
        return access.url();
    }
}
