// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.concurrent.Callable;

import dev.lastcall.agent.api.JsonText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "reopen", sortOptions = false, description = "Opens the door of a server that stayed closed after a drain.")
final class ReopenCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SERVER", description = "The server's name, as status shows it.")
    private String server = "";

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;

    ReopenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String body = "{\"server\":" + JsonText.quote(server) + "}";
        terminal.out().println(Messages.of(agent.ask("POST", "/v1/reopen", body, terminal.environment()), 200));
        return ExitCode.OK.code();
    }
}
