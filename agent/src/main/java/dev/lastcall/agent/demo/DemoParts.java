// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.nio.file.Path;

import dev.lastcall.agent.server.Stopper;
import io.vertx.core.Vertx;

/** Where a demo gets its agent from. */
@FunctionalInterface
interface DemoParts {

    /**
     * Starts the agent.
     *
     * @param cloud where it looks for notices
     * @param server the inference server
     * @param stopper how that is stopped
     * @param state a folder for the agent's state, empty and the demo's to remove
     */
    DemoNode node(DemoOptions options, ReclaimingCloud cloud, URI server, Stopper stopper, Vertx vertx, Path state);
}
