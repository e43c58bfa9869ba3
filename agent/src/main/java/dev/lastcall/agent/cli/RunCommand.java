// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.telemetry.Logging;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "run", description = "Runs the daemon.", sortOptions = false)
final class RunCommand implements Callable<Integer> {

    private static final String FILE_FLAG = "--config";

    @Mixin
    private final ConfigOptions config;

    private final Terminal terminal;
    private final AgentRunner runner;

    RunCommand(Terminal terminal, AgentRunner runner) {
        this(terminal, runner, new ConfigOptions());
    }

    private RunCommand(Terminal terminal, AgentRunner runner, ConfigOptions config) {
        this.terminal = terminal;
        this.runner = runner;
        this.config = config;
    }

    /**
     * The command without Picocli, which takes a quarter of a start to read its annotations: for a line as plain as a
     * service's, {@code run} with at most {@code --config FILE}. Empty where it is not so plain.
     */
    static Optional<RunCommand> plain(Terminal terminal, AgentRunner runner, String... args) {
        List<String> line = List.of(args);
        if (line.equals(List.of("run"))) {
            return Optional.of(new RunCommand(terminal, runner));
        }
        boolean namesAFile = line.size() == 3 && line.getFirst().equals("run") && line.get(1).equals(FILE_FLAG)
                && !line.getLast().isEmpty() && !line.getLast().startsWith("-");
        return namesAFile
                ? Optional.of(new RunCommand(terminal, runner, ConfigOptions.ofFile(Path.of(line.getLast()))))
                : Optional.empty();
    }

    @Override
    public Integer call() {
        ConfigResult.Valid valid = config.read(terminal.environment());
        Logging logging = Logging.start(valid.config().log(), terminal.environment());
        try {
            LoggerFactory.getLogger(RunCommand.class)
                    .atInfo()
                    .addKeyValue("version", Version.TEXT)
                    .addKeyValue("java", Runtime.version())
                    .addKeyValue("cloud", valid.config().cloud())
                    .addKeyValue("servers", valid.config().servers().size())
                    .log("lastcall starts");
            return runner.run(valid.config(), logging::close).code();
        } finally {
            logging.close();
        }
    }
}
