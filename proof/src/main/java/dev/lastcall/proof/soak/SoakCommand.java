// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a soak, prints a table and one line of JSON, and exits 1 if something did not hold. */
@Command(name = "soak", mixinStandardHelpOptions = true, sortOptions = false, description = SoakCommand.WHAT)
public final class SoakCommand implements Callable<Integer> {

    static final String WHAT = "A mixed load through the real agent, with faults, and notices that are withdrawn.";
    private static final Duration SHORT = Duration.ofSeconds(55);
    private static final int SHORT_NOTICES = 6;
    private static final int LEAST_NOTICES = 2;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--home", required = true, paramLabel = "DIR", description = "the agent's program")
    private Path home = Path.of("agent/target/lastcall");

    @Option(names = "--directory", required = true, paramLabel = "DIR", description = "for the logs and the state of the runs")
    private Path directory = Path.of("target");

    @Option(names = "--minutes", defaultValue = "30", description = "how long (default: ${DEFAULT-VALUE})")
    private int minutes;

    @Option(names = "--notices", defaultValue = "40", description = "notices that are withdrawn (default: ${DEFAULT-VALUE})")
    private int notices;

    @Option(names = "--clients", defaultValue = "32", description = "clients (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(names = "--seed", defaultValue = "1", description = "what the clients do and when what fails (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--short", description = "a minute with six notices")
    private boolean shortened;

    /** Where the process begins. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SoakCommand()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (notices < LEAST_NOTICES || minutes < 1 || clients < 1) {
            throw new CommandLine.ParameterException(line,
                    "--notices is at least " + LEAST_NOTICES + ", --minutes and --clients are at least 1");
        }
        PrintWriter out = line.getOut();
        SoakPlan plan = shortened
                ? SoakPlan.of(SHORT, SHORT_NOTICES, false, seed)
                : SoakPlan.of(Duration.ofMinutes(minutes), notices, true, seed);
        Files.createDirectories(directory);
        Path folder = Files.createTempDirectory(directory.toAbsolutePath(), "soak");
        SoakReport report = new SoakRun(plan, clients, seed, out).run(home.toAbsolutePath(), folder);
        report.lines().forEach(out::println);
        out.println(report.json());
        out.flush();
        return report.violations().isEmpty() ? 0 : 1;
    }
}
