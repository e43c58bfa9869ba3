// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.concurrent.Callable;

import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.telemetry.Logging;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "run", description = "Runs the daemon.", sortOptions = false)
final class RunCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    private final Terminal terminal;
    private final AgentRunner runner;

    RunCommand(Terminal terminal, AgentRunner runner) {
        this.terminal = terminal;
        this.runner = runner;
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
