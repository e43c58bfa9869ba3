// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.cli.ConfigOptions;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigProblem;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.config.Setting;
import dev.lastcall.agent.lifecycle.EventLoops;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lastcall doctor}. */
@Command(name = "doctor", sortOptions = false, description = {
    "Looks for what on this node would make a drain or a warm-up fail, and says what to do about it.",
    "Changes nothing, needs no running agent, and ends within 15 seconds. Exits with 1 if anything fails."})
public final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", order = 20, description = "Prints one JSON document.")
    private boolean json;

    @Option(names = "--write", order = 21, description = "Also writes to the cache, and removes it, to see how fast that goes.")
    private boolean write;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    private final Terminal terminal;

    /** Makes the command. */
    public DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        ConfigInputs inputs = options.inputs(terminal.environment());
        List<NodeFinding> known = new ArrayList<>();
        AgentConfig config = read(inputs, known);
        Diagnosis diagnosis;
        try (EventLoops loops = new EventLoops()) {
            diagnosis = Doctor.look(Surroundings.local(config, terminal.environment(), loops.vertx()), inputs.file(),
                    write, known);
        }
        if (json) {
            terminal.out().println(DoctorJson.of(diagnosis));
        } else {
            new DoctorText(new AnsiColors(terminal.colour()), terminal.width()).lines(diagnosis)
                    .forEach(terminal.out()::println);
        }
        return (diagnosis.isReady() ? ExitCode.OK : ExitCode.FAILURE).code();
    }

    /** The configuration; the defaults where it cannot be used, so that the rest is seen all the same. */
    private static AgentConfig read(ConfigInputs inputs, List<NodeFinding> findings) {
        String file = inputs.file().toString();
        return switch (ConfigReader.read(inputs)) {
            case ConfigResult.Valid valid -> {
                long set = valid.settings().stream().filter(Setting::isSet).count();
                findings.add(NodeFinding.ok(FindingArea.CONFIG, file, "is good: " + set + (set == 1 ? " key" : " keys")
                        + " set, the others have their defaults"));
                yield valid.config();
            }
            case ConfigResult.Invalid(List<ConfigProblem> problems) -> {
                problems.forEach(problem -> findings.add(NodeFinding.fail(FindingArea.CONFIG, file, problem.toString(),
                        "correct it, then: lastcall config check")));
                findings.add(NodeFinding.warn(FindingArea.CONFIG, file,
                        "cannot be used, so all below is checked with the defaults", "lastcall config check"));
                yield defaults();
            }
        };
    }

    private static AgentConfig defaults() {
        return switch (ConfigReader.read(new ConfigInputs(Path.of("/dev/null"), false, Map.of(), List.of()))) {
            case ConfigResult.Valid valid -> valid.config();
            case ConfigResult.Invalid invalid -> throw new IllegalStateException("the defaults: " + invalid);
        };
    }
}
