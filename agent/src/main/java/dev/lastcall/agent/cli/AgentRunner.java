// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import dev.lastcall.agent.config.AgentConfig;

/** Runs the daemon until it gets a stop signal. The log is on and the configuration is checked when it is called. */
@FunctionalInterface
public interface AgentRunner {

    /**
     * Runs it, on the calling thread.
     *
     * @param lastWord to be run last where the process ends without a return from here, so that the log is written out
     * @throws CommandFailure if it cannot start; the message says why and what to do
     */
    ExitCode run(AgentConfig config, Runnable lastWord);
}
