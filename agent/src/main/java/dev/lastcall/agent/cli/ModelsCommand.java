// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;
import java.util.concurrent.Callable;

import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.values.ByteRate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "models", description = "Shows how the models of this node stand.", sortOptions = false)
final class ModelsCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Prints one JSON document.", order = 1)
    private boolean json;

    @Option(names = "--limit", paramLabel = "RATE", order = 2, description = "Sets the bandwidth: 200MiB/s, 500Mbit/s, unlimited.")
    private @Nullable String limit;

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;

    ModelsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (limit != null) {
            return setLimit(limit);
        }
        String document = agent.ask("GET", "/v1/models", "", terminal.environment());
        if (json) {
            terminal.out().println(document.strip());
        } else {
            lines(StatusDocument.models(document));
        }
        return ExitCode.OK.code();
    }

    private Integer setLimit(String rate) {
        try {
            String body = "{\"limit\":\"" + ByteRate.parse(rate) + "\"}";
            terminal.out()
                    .println(Messages.of(agent.ask("POST", "/v1/models/limit", body, terminal.environment()), 200));
            return ExitCode.OK.code();
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.USAGE, "--limit \"" + AnsiColors.plain(rate) + "\" " + none.getMessage()
                    + "; write " + ByteRate.ALLOWED, none);
        }
    }

    private void lines(List<ModelView> models) {
        if (models.isEmpty()) {
            terminal.out().println("No models are configured.");
            return;
        }
        ModelTable.lines(models, new AnsiColors(terminal.colour()), terminal.width()).forEach(terminal.out()::println);
    }
}
