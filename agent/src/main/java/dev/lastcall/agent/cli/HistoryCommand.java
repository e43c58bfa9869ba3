// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

import dev.lastcall.agent.cli.Table.Cell;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusJson;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "history", sortOptions = false, description = "Lists past drains, the newest first; needs no running agent.")
final class HistoryCommand implements Callable<Integer> {

    @Option(names = "--json", order = 1, description = "Prints one JSON document.")
    private boolean json;

    @Option(names = "--limit", paramLabel = "N", order = 2, defaultValue = "20", description = "At most so many; 20 by default.")
    private int limit;

    @Mixin
    private final PastDrains past = new PastDrains();

    private final Terminal terminal;
    private final PastDrains.Records records;

    HistoryCommand(Terminal terminal, PastDrains.Records records) {
        this.terminal = terminal;
        this.records = records;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--limit " + limit + " is no number of drains; write 1 or more");
        }
        List<DrainView> drains = past.read(records, terminal.environment()).stream().limit(limit).toList();
        if (json) {
            terminal.out().println(StatusJson.drains(drains));
        } else if (drains.isEmpty()) {
            terminal.out().println("No drain is on record.");
        } else {
            table(drains).forEach(terminal.out()::println);
        }
        return ExitCode.OK.code();
    }

    private List<String> table(List<DrainView> drains) {
        AnsiColors colors = new AnsiColors(terminal.colour());
        Table table = new Table(colors, ">NO", "SEEN AT", "SERVER", "OUTCOME", ">LOST", ">CUT", ">IN FLIGHT",
                ">COMPLETED", ">REFUSED", ">WINDOW", ">UNUSED", "BY");
        for (int i = 0; i < drains.size(); i++) {
            DrainView drain = drains.get(i);
            Long lost = drain.lost();
            UnaryOperator<String> colour = lost != null && lost > 0 ? colors::bad : UnaryOperator.identity();
            table.add(List.of(Cell.number(Integer.toString(i + 1)), Cell.of(StatusFormat.second(drain.detectedAt())),
                    Cell.of(drain.server(), colors::strong),
                    Cell.of(drain.outcome() + (drain.dryRun() ? " (dry run)" : "")),
                    new Cell(StatusFormat.number(lost), true, colour), number(drain.cut()),
                    number(drain.inFlightAtNotice()), number(drain.completed()), number(drain.refused()),
                    Cell.number(StatusFormat.span(drain.window())), Cell.number(StatusFormat.span(drain.unused())),
                    Cell.of(drain.source())));
        }
        return table.lines(terminal.width());
    }

    private static Cell number(@Nullable Number count) {
        return Cell.number(StatusFormat.number(count));
    }
}
