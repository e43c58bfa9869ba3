// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import dev.lastcall.agent.systemd.Attachment;
import dev.lastcall.agent.systemd.DropIn;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "attach", sortOptions = false, description = "Makes a server's systemd unit ready to be drained; shows the change first.")
final class AttachCommand implements Callable<Integer> {

    @Parameters(paramLabel = "UNIT", description = "The server's unit, such as vllm.service.")
    private String name = "";

    @Option(names = "--wait", paramLabel = "MODEL", order = 1, description = "Its start waits until this model's weights are in the cache.")
    private @Nullable String model;

    @Mixin
    private final UnitChange change = new UnitChange();

    private final Terminal terminal;

    AttachCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            return attach(Attachment.unit(name)).code();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE, AnsiColors.plain(String.valueOf(wrong.getMessage())), wrong);
        } catch (IOException failure) {
            throw new CommandFailure(ExitCode.FAILURE, change.explain(failure), failure);
        }
    }

    private ExitCode attach(String unit) throws IOException {
        Map<String, String> loaded = change.show(unit, Attachment.PROPERTIES);
        if (!"loaded".equals(loaded.get("LoadState"))) {
            throw new CommandFailure(ExitCode.FAILURE, "systemd knows no unit " + unit
                    + "; systemctl list-units --type=service shows those that there are");
        }
        DropIn dropIn = change.dropIn(unit);
        return switch (dropIn.read()) {
            case DropIn.State.Foreign _ -> throw change.foreign(dropIn);
            case DropIn.State.Absent _ -> make(unit, dropIn, "", Attachment.of(loaded, Optional.ofNullable(model)));
            case DropIn.State.Ours(String before) -> {
                // What systemd says now has our own values in it: a longer time-out of ours is no reason to leave it out.
                Attachment again = Attachment.of(change.without(before, loaded), Optional.ofNullable(model));
                if (again.text().equals(before)) {
                    change.report(terminal, unit, dropIn, "unchanged", before);
                    yield ExitCode.OK;
                }
                yield make(unit, dropIn, before, again);
            }
        };
    }

    private ExitCode make(String unit, DropIn dropIn, String before, Attachment after) throws IOException {
        if (!change.agreed(terminal, dropIn, before, after.text())) {
            change.report(terminal, unit, dropIn, change.isDryRun() ? "would-attach" : "declined", after.text());
            return change.isDryRun() ? ExitCode.OK : ExitCode.FAILURE;
        }
        dropIn.write(after);
        change.reload();
        change.report(terminal, unit, dropIn, "attached", after.text());
        return ExitCode.OK;
    }
}
