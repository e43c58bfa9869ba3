// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.lastcall.agent.api.JsonText;
import dev.lastcall.agent.systemd.Attachment;
import dev.lastcall.agent.systemd.DropIn;
import dev.lastcall.agent.systemd.Systemctl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What attach and detach have in common: a change to a unit that is shown, agreed to, made, and loaded. */
final class UnitChange {

    private static final Duration SHOW_BOUND = Duration.ofSeconds(5);
    private static final Duration RELOAD_BOUND = Duration.ofSeconds(30);

    @Option(names = {"-y", "--yes"}, order = 2, description = "Does not ask.")
    private boolean yes;

    @Option(names = "--dry-run", order = 3, description = "Shows the change and does not make it.")
    private boolean dryRun;

    @Option(names = "--json", order = 4, description = "Prints one JSON document a unit; needs --yes or --dry-run.")
    private boolean json;

    @Option(names = "--units", paramLabel = "PATH", order = 5, hidden = true, description = "Where an administrator's units are.")
    private Path units = Path.of("/etc/systemd/system");

    @Option(names = "--systemctl", paramLabel = "COMMAND", order = 6, hidden = true, description = "The command systemctl.")
    private @Nullable Path systemctl;

    boolean isDryRun() {
        return dryRun;
    }

    Map<String, String> show(String unit, List<String> properties) throws IOException {
        return command().show(SHOW_BOUND, unit, properties);
    }

    List<String> attached() throws IOException {
        return DropIn.attached(units);
    }

    DropIn dropIn(String unit) {
        return new DropIn(units, unit);
    }

    /** What systemd would say of a unit without a drop-in of ours: each value that it sets is left out. */
    Map<String, String> without(String dropIn, Map<String, String> loaded) {
        Map<String, String> bare = new HashMap<>(loaded);
        if (dropIn.contains("\nTimeoutStopSec=")) {
            bare.put("TimeoutStopUSec", "0");
        }
        dropIn.lines()
                .filter(line -> line.startsWith("TimeoutStartSec="))
                .findFirst()
                .ifPresent(line -> bare.put("TimeoutStartUSec", Attachment.startWithoutWait(line)));
        return bare;
    }

    /** Shows a change and asks for consent, unless it was given on the command line. */
    boolean agreed(Terminal terminal, DropIn dropIn, String before, String after) throws IOException {
        if (!json) {
            difference(terminal, dropIn, before, after);
        }
        if (dryRun) {
            return false;
        }
        if (yes) {
            return true;
        }
        if (json || !Terminal.hasKeyboard()) {
            throw new CommandFailure(ExitCode.USAGE,
                    "there is no terminal to ask for consent: add --yes, or --dry-run to look only");
        }
        terminal.out().print("Make this change? [y/N] ");
        terminal.out().flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return answer != null && Set.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    private static void difference(Terminal terminal, DropIn dropIn, String before, String after) {
        terminal.out().println("--- " + (before.isEmpty() ? "/dev/null" : dropIn.file()));
        terminal.out().println("+++ " + (after.isEmpty() ? "/dev/null" : dropIn.file()));
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        old.stream().filter(line -> !now.contains(line)).forEach(line -> terminal.out().println("-" + line));
        now.forEach(line -> terminal.out().println((old.contains(line) ? " " : "+") + line));
    }

    void reload() throws IOException {
        Systemctl.Answer answer = command().run(RELOAD_BOUND, "daemon-reload");
        if (answer.exitCode() != 0) {
            throw new IOException("the file is in place, but systemctl daemon-reload failed: " + answer.text());
        }
    }

    void report(Terminal terminal, String unit, DropIn dropIn, String action, String text) {
        if (json) {
            terminal.out()
                    .println("{\"unit\":" + JsonText.quote(unit) + ",\"file\":"
                            + JsonText.quote(dropIn.file().toString())
                            + ",\"action\":" + JsonText.quote(action) + ",\"text\":" + JsonText.quote(text) + "}");
        } else {
            terminal.out().println(unit + ": " + action.replace('-', ' '));
        }
    }

    CommandFailure foreign(DropIn dropIn) {
        return new CommandFailure(ExitCode.FAILURE,
                dropIn.file() + " is not as attach wrote it, so it is left alone; look"
                        + " at it, move what you want to keep into a drop-in of another name, and remove it");
    }

    String explain(IOException failure) {
        return failure instanceof AccessDeniedException
                ? "no right to change " + failure.getMessage() + ": run this as root"
                : String.valueOf(failure.getMessage());
    }

    private Systemctl command() {
        return systemctl == null ? Systemctl.local() : new Systemctl(List.of(systemctl.toString()));
    }
}
