// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.ObjectMapper;

/** Runs the scenarios one after the other and prints what became of every request; exits 1 if a promise was broken. */
@Command(name = "proof", mixinStandardHelpOptions = true, sortOptions = false, description = ProofCommand.WHAT)
public final class ProofCommand implements Callable<Integer> {

    static final String WHAT = "Drains a real llama-server under load and holds the agent to what it promises.";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--llama", required = true, paramLabel = "SCRIPT", description = "becomes a llama-server")
    private Path llama = Path.of("llama-server");

    @Option(names = "--agent", required = true, paramLabel = "COMMAND", description = "the agent, such as ./lastcall")
    private String agent = "lastcall";

    @Option(names = "--directory", required = true, paramLabel = "DIR", description = "for logs and state of the runs")
    private Path directory = Path.of("target");

    @Option(names = "--streaming", defaultValue = "8", description = "streaming clients (default: ${DEFAULT-VALUE})")
    private int streaming;

    @Option(names = "--plain", defaultValue = "4", description = "plain clients (default: ${DEFAULT-VALUE})")
    private int plain;

    @Option(names = "--short", description = "an AWS window of 20 s in place of 120 s; the rest is the same")
    private boolean shortened;

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "only these runs")
    private List<String> only = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE", description = "also write the report as JSON")
    private @Nullable Path json;

    /** Where the process begins. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ProofCommand()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        PrintWriter out = line.getOut();
        List<Scenario> scenarios = Scenarios.all(shortened);
        for (String name : only) {
            if (scenarios.stream().noneMatch(scenario -> scenario.name().equals(name))) {
                throw new CommandLine.ParameterException(line, "--only " + name + ": the runs are "
                        + scenarios.stream().map(Scenario::name).toList());
            }
        }
        var workplace = new Workplace(directory.toAbsolutePath(), llama.toAbsolutePath(), List.of(agent.split(" ")),
                streaming, plain);
        List<RunReport> reports = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            if (only.isEmpty() || only.contains(scenario.name())) {
                out.printf("running %s: %s%n", scenario.name(), scenario.title());
                out.flush();
                RunReport report = run(scenario, workplace);
                reports.add(report);
                out.print(report.text());
                out.flush();
            }
        }
        if (json != null) {
            List<Map<String, Object>> all = reports.stream().map(RunReport::toMap).toList();
            Files.writeString(json, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all));
        }
        long broken = reports.stream().filter(report -> !report.held()).count();
        out.printf(Locale.ROOT, "%n%d runs, %d with a broken promise; logs in %s%n", reports.size(), broken, directory);
        out.flush();
        return broken == 0 ? 0 : 1;
    }

    private static RunReport run(Scenario scenario, Workplace workplace) throws IOException, InterruptedException {
        return switch (scenario.guard()) {
            case NONE -> new ControlRun(workplace).run(scenario);
            case GATE, GAUGES -> new GuardedRun(workplace).run(scenario);
        };
    }
}
