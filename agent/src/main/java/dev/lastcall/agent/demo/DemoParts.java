// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;

import dev.lastcall.agent.server.Stopper;

/** Where a demo gets its agent from. */
interface DemoParts {

    /**
     * Starts the agent.
     *
     * @param cloud where it looks for notices
     * @param server the inference server
     * @param stopper how that is stopped
     */
    DemoNode node(DemoOptions options, ReclaimingCloud cloud, URI server, Stopper stopper);
}
