// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import dev.lastcall.agent.config.AgentConfig;

/** Runs the daemon until it is told to end. The log is on and the configuration is checked when it is called. */
@FunctionalInterface
public interface AgentRunner {

    /**
     * Runs it, on the calling thread.
     *
     * @throws CommandFailure if it cannot start; the message says why and what to do
     */
    ExitCode run(AgentConfig config);
}
