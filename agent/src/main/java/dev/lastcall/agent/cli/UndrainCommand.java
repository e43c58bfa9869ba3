// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "undrain", sortOptions = false, description = "Takes a drain by hand back, until the servers are asked to stop.")
final class UndrainCommand implements Callable<Integer> {

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;

    UndrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(Messages.of(agent.ask("POST", "/v1/undrain", "", terminal.environment()), 200));
        return ExitCode.OK.code();
    }
}
