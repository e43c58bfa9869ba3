// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.values.Durations;
import dev.lastcall.metadata.NodeClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "wait", sortOptions = false, description = {
    "Returns when the agent has the model warm; the agent may come up later.",
    "A model that failed is tried again: this waits until --timeout, and says what the agent says."})
final class WaitCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9.-]{0,39}";

    @Parameters(paramLabel = "MODEL", description = "Its name in the configuration.")
    private String model = "";

    @Option(names = "--timeout", paramLabel = "DURATION", order = 1, description = "Ends with 3 when it is not warm by then; 30m.")
    private String timeout = "30m";

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;
    private final NodeClock clock;

    WaitCommand(Terminal terminal, NodeClock clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!model.matches(NAME)) {
            throw new CommandFailure(ExitCode.USAGE, "MODEL \"" + AnsiColors.plain(model) + "\" is no name of a model");
        }
        Path marker = markers().resolve(model);
        long until = clock.nanoTime() + bound().toNanos();
        WaitWords words = new WaitWords(terminal.err(), model, clock.nanoTime());
        String last;
        while (true) {
            try {
                ModelView view = find(
                        StatusDocument.models(agent.reply("GET", "/v1/models", "", terminal.environment())));
                if (view.isWarm()) {
                    return ExitCode.OK.code();
                }
                last = WaitWords.of(view);
                words.note(view.state() + view.problem(), last, clock.nanoTime());
            } catch (IOException silent) {
                if (Files.exists(marker)) {
                    return ExitCode.OK.code();
                }
                last = "no agent answers at " + AnsiColors.plain(String.valueOf(silent.getMessage()));
                words.note("no agent", last + "; is it running?", clock.nanoTime());
            }
            long left = until - clock.nanoTime();
            if (left <= 0) {
                throw new CommandFailure(ExitCode.DEADLINE, model + " is not warm within " + timeout + "; " + last);
            }
            clock.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
        }
    }

    private ModelView find(List<ModelView> models) {
        Optional<ModelView> found = models.stream().filter(one -> one.name().equals(model)).findFirst();
        return found.orElseThrow(() -> new CommandFailure(ExitCode.FAILURE, "no model is called " + model + "; "
                + (models.isEmpty()
                        ? "none is configured"
                        : "there are " + models.stream()
                                .map(one -> AnsiColors.plain(one.name()))
                                .collect(Collectors.joining(", ")))));
    }

    private Duration bound() {
        try {
            return Durations.parse(timeout);
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--timeout \"" + AnsiColors.plain(timeout) + "\" " + none.getMessage()
                            + "; write 90s, 30m or 1m30s",
                    none);
        }
    }

    private Path markers() {
        return switch (ConfigReader.read(ConfigInputs.of(terminal.environment(), List.of()))) {
            case ConfigResult.Valid valid -> valid.config().cache().markers();
            case ConfigResult.Invalid invalid -> CacheSettings.DEFAULT.markers();
        };
    }
}
