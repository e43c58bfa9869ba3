// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.concurrent.Callable;

import dev.lastcall.agent.values.Durations;
import dev.lastcall.metadata.NodeClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "drain", sortOptions = false, description = "Drains by hand: closes the door, lets what is in flight finish, stops.")
final class DrainCommand implements Callable<Integer> {

    @Option(names = "--window", paramLabel = "DURATION", defaultValue = "60s", order = 1, description = "Time for it; 60s by default.")
    private String window = "";

    @Option(names = "--on-shutdown", order = 2, description = "Drains only if the machine goes down, and waits until nothing is in flight.")
    private boolean onShutdown;

    @Option(names = "--wait", order = 3, description = "Waits for the end; exits with 0 only if no request was cut or lost.")
    private boolean wait;

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;

    DrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return (onShutdown ? new ShutdownDrain(agent, terminal).run() : drain()).code();
    }

    private ExitCode drain() {
        String answer = agent.ask("POST", "/v1/drain", "{\"window\":\"" + time() + "\"}", terminal.environment());
        terminal.out().println(Messages.of(answer, 200));
        return wait ? new DrainWait(agent, terminal, NodeClock.system()).run() : ExitCode.OK;
    }

    private String time() {
        try {
            return Durations.format(Durations.parse(window));
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--window \"" + AnsiColors.plain(window) + "\" " + none.getMessage() + "; write 90s, 2m or 1m30s",
                    none);
        }
    }
}
