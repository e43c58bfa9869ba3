// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.metadata.NodeClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Shows what the running agent sees and does.", sortOptions = false)
final class StatusCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Prints one JSON document.", order = 1)
    private boolean json;

    @Option(names = "--watch", order = 2, description = {
        "Shows it again each second, on a terminal in place: q leaves, p pauses. With --json a document a line."})
    private boolean watch;

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private final Terminal terminal;
    private final Supplier<Optional<WatchScreen>> screen;
    private final NodeClock clock;

    StatusCommand(Terminal terminal, Supplier<Optional<WatchScreen>> screen, NodeClock clock) {
        this.terminal = terminal;
        this.screen = screen;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!watch) {
            lines(terminal.width()).forEach(terminal.out()::println);
            return ExitCode.OK.code();
        }
        StatusWatch watching = new StatusWatch(this::lines, clock);
        Optional<WatchScreen> opened = json ? Optional.empty() : screen.get();
        if (opened.isEmpty()) {
            watching.print(terminal);
            return ExitCode.OK.code();
        }
        try (WatchScreen drawn = opened.get()) {
            watching.draw(drawn);
        }
        return ExitCode.OK.code();
    }

    private List<String> lines(int width) {
        String document = agent.ask("GET", "/v1/status", "", terminal.environment());
        if (json) {
            return List.of(document.strip());
        }
        try {
            return new StatusText(terminal.colour(), width).lines(StatusDocument.read(document));
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.FAILURE,
                    "what answers there is no agent of this version; see its answer with --json", none);
        }
    }
}
