// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;

import dev.lastcall.agent.server.Stopper;

/** Where a demo gets its cloud and its agent from. */
interface DemoParts {

    /** Starts a cloud whose notice can be seen {@code after} from now. */
    DemoCloud cloud(DemoOptions options, Duration after);

    /**
     * Starts the agent.
     *
     * @param cloud where it looks for notices
     * @param server the inference server
     * @param stopper how that is stopped
     */
    DemoNode node(DemoOptions options, DemoCloud cloud, URI server, Stopper stopper);
}
