// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

import dev.lastcall.agent.systemd.Attachment;
import dev.lastcall.agent.systemd.DropIn;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "detach", sortOptions = false, description = "Takes back what attach did to a unit; shows the change first.")
final class DetachCommand implements Callable<Integer> {

    @Parameters(paramLabel = "UNIT", arity = "0..1", description = "The server's unit, such as vllm.service.")
    private @Nullable String name;

    @Option(names = "--all", order = 1, description = "Every attached unit; what a user has changed is left.")
    private boolean all;

    @Mixin
    private final UnitChange change = new UnitChange();

    private final Terminal terminal;

    DetachCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (all == (name != null)) {
            throw new CommandFailure(ExitCode.USAGE, "name one unit, or give --all");
        }
        try {
            List<String> units = name == null ? change.attached() : List.of(Attachment.unit(name));
            ExitCode worst = ExitCode.OK;
            for (String unit : units) {
                ExitCode code = detach(unit);
                worst = code == ExitCode.OK ? worst : code;
            }
            return worst.code();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE, AnsiColors.plain(String.valueOf(wrong.getMessage())), wrong);
        } catch (IOException failure) {
            throw new CommandFailure(ExitCode.FAILURE, change.explain(failure), failure);
        }
    }

    private ExitCode detach(String unit) throws IOException {
        DropIn dropIn = change.dropIn(unit);
        return switch (dropIn.read()) {
            case DropIn.State.Absent _ -> {
                change.report(terminal, unit, dropIn, "not-attached", "");
                yield ExitCode.OK;
            }
            case DropIn.State.Foreign _ when all -> {
                terminal.err().println("lastcall: " + change.foreign(dropIn).getMessage());
                yield ExitCode.FAILURE;
            }
            case DropIn.State.Foreign _ -> throw change.foreign(dropIn);
            case DropIn.State.Ours(String before) -> remove(unit, dropIn, before);
        };
    }

    private ExitCode remove(String unit, DropIn dropIn, String before) throws IOException {
        if (!change.agreed(terminal, dropIn, before, "")) {
            change.report(terminal, unit, dropIn, change.isDryRun() ? "would-detach" : "declined", before);
            return change.isDryRun() ? ExitCode.OK : ExitCode.FAILURE;
        }
        dropIn.remove();
        change.reload();
        change.report(terminal, unit, dropIn, "detached", before);
        return ExitCode.OK;
    }
}
