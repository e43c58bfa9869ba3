// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.util.Optional;

import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.server.InferenceServer;

/**
 * A server of this node with what the agent made for it.
 *
 * @param server the server as the drain sees it
 * @param url where it serves, for people
 * @param gate the gate before it; empty where there is none
 * @param sampler how many are in flight while no drain is on, for people
 * @param app by which a hook may ask for it, beside its name; empty where it has none
 */
public record LocalServer(InferenceServer server, String url, Optional<Gate> gate, InFlightSampler sampler,
        String app) {

    /** One that has no other name. */
    public LocalServer(InferenceServer server, String url, Optional<Gate> gate, InFlightSampler sampler) {
        this(server, url, gate, sampler, "");
    }

    /** Whether it is meant by this name: none means every server, {@code namespace/app} every pod of that app. */
    boolean isCalled(String whom) {
        String name = server.name();
        return whom.isEmpty() || whom.equals(name)
                || (!app.isEmpty() && whom.equals(name.substring(0, name.indexOf('/') + 1) + app));
    }
}
