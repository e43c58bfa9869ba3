// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.List;

/**
 * Where servers are looked for when none are configured.
 *
 * @param ports on this node; empty looks for none
 */
public record DiscoveryConfig(List<Integer> ports) {

    private static final int MAX_PORT = 65535;

    static DiscoveryConfig read(Section section) {
        return new DiscoveryConfig(section.values("ports", ValueType.number(1, MAX_PORT), List.of(8000, 8080),
                "Ports of this node that are asked for a server when `servers` is empty; `[]` asks none."));
    }
}
