// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusJson;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "explain", sortOptions = false, description = "Shows one drain as a time line; needs no running agent.")
final class ExplainCommand implements Callable<Integer> {

    private static final String LAST = "last";

    @Parameters(index = "0", arity = "0..1", paramLabel = "DRAIN", defaultValue = LAST, description = {
        "Its number or SEEN AT in the history, or a server for its last one; last by default."})
    private String drain = LAST;

    @Option(names = "--json", order = 1, description = "Prints one JSON document.")
    private boolean json;

    @Mixin
    private final PastDrains past = new PastDrains();

    private final Terminal terminal;
    private final PastDrains.Records records;

    ExplainCommand(Terminal terminal, PastDrains.Records records) {
        this.terminal = terminal;
        this.records = records;
    }

    @Override
    public Integer call() {
        List<DrainView> drains = past.read(records, terminal.environment());
        if (drains.isEmpty()) {
            throw new CommandFailure(ExitCode.FAILURE, "no drain is on record");
        }
        DrainView found = find(drains).orElseThrow(() -> new CommandFailure(ExitCode.USAGE, "there is no drain \""
                + AnsiColors.plain(drain) + "\"; lastcall history lists " + drains.size()));
        if (json) {
            terminal.out().println(StatusJson.drain(found));
            return ExitCode.OK.code();
        }
        new DrainStory(new AnsiColors(terminal.colour()), terminal.width()).lines(found)
                .forEach(terminal.out()::println);
        return ExitCode.OK.code();
    }

    private Optional<DrainView> find(List<DrainView> drains) {
        if (drain.equals(LAST)) {
            return Optional.of(drains.getFirst());
        }
        if (drain.matches("[0-9]{1,6}")) {
            int number = Integer.parseInt(drain);
            return number >= 1 && number <= drains.size() ? Optional.of(drains.get(number - 1)) : Optional.empty();
        }
        return drains.stream()
                .filter(one -> one.server().equals(drain) || StatusFormat.second(one.detectedAt()).equals(drain)
                        || one.detectedAt().toString().equals(drain))
                .findFirst();
    }
}
