// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "forget", sortOptions = false, description = "Ends a rehearsal: opens every door that a finished drain by hand holds.")
final class ForgetCommand implements Callable<Integer> {

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;

    ForgetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(Messages.of(agent.ask("POST", "/v1/forget", "", terminal.environment()), 200));
        return ExitCode.OK.code();
    }
}
