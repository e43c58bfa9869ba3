// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.concurrent.Callable;

import dev.lastcall.agent.status.view.StatusDocument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Shows what the running agent sees and does.", sortOptions = false)
final class StatusCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Prints one JSON document.", order = 1)
    private boolean json;

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;

    StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String document = agent.ask("GET", "/v1/status", "", terminal.environment());
        if (json) {
            terminal.out().println(document.strip());
            return ExitCode.OK.code();
        }
        try {
            new StatusText(terminal.colour(), terminal.width()).lines(StatusDocument.read(document))
                    .forEach(terminal.out()::println);
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.FAILURE,
                    "what answers there is no agent of this version; see its answer with --json", none);
        }
        return ExitCode.OK.code();
    }
}
