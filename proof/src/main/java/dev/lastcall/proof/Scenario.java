// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;

import dev.lastcall.agent.demo.CloudProvider;

/**
 * One run: who reclaims the node, how long the notice is, and what is between the clients and the server.
 *
 * @param name its name on the command line and in the report
 * @param title what it shows
 * @param cloud whose metadata is simulated
 * @param window from the notice to the deadline
 * @param guard what is there to drain the server
 * @param shortest how long the quickest requests take under this load
 * @param longest how long the slowest ones take
 */
record Scenario(String name, String title, CloudProvider cloud, Duration window, Guard guard, Duration shortest,
        Duration longest) {

    /** What is there to drain the server. */
    enum Guard {
        /** The agent with its gate in the path. */
        GATE,
        /** The agent on the server's gauges; the clients' load balancer follows its readiness. */
        GAUGES,
        /** Nothing: SIGTERM at the notice, as an operating system that shuts down sends it. */
        NONE
    }
}
