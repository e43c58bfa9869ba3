// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;

/** What is between the clients and the server in a demo: the agent, or nothing. Thread-safe. */
interface DemoNode extends AutoCloseable {

    /** Where clients send their requests. */
    URI url();

    /** The node's state now. */
    NodeStatus status();

    @Override
    void close();
}
