// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigInputs.FlagValue;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.telemetry.Logging;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The daemon as a pod's sidecar: one gate before one server, and the node's agent as its only source of notices. */
@Command(name = "gate", sortOptions = false, description = "Runs a gate as a sidecar, which hears of notices from the node's agent.")
final class GateCommand implements Callable<Integer> {

    /** The sidecar's own folder; a container's root is read-only as a rule. */
    private static final Path HOME = Path.of("/tmp/lastcall-gate");

    @Option(names = "--listen", paramLabel = "HOST:PORT", order = 1, description = "Where clients connect; ${DEFAULT-VALUE}.")
    private String listen = "0.0.0.0:8080";

    @Option(names = "--upstream", paramLabel = "URL", order = 2, description = "The server; ${DEFAULT-VALUE}.")
    private String upstream = "http://127.0.0.1:8000";

    @Option(names = "--agent", paramLabel = "PATH", order = 3, description = "The socket of the node's agent; ${DEFAULT-VALUE}.")
    private String agent = "/run/lastcall/notice.sock";

    @Option(names = "--status", paramLabel = "HOST:PORT", order = 4, description = "Of status, metrics and hold; ${DEFAULT-VALUE}.")
    private String status = "0.0.0.0:9809";

    @Option(names = "--kind", paramLabel = "KIND", order = 5, description = "auto, vllm, llama-server or generic; ${DEFAULT-VALUE}.")
    private String kind = "auto";

    @Option(names = "--set", paramLabel = "KEY=VALUE", order = 6, description = "Sets a key, such as drain.settleTime=2s; repeatable.")
    private List<String> set = new ArrayList<>();

    @Option(names = "--state-directory", paramLabel = "PATH", order = 7, description = "Where a drain's state is kept; ${DEFAULT-VALUE}.")
    private Path stateDirectory = HOME;

    private final Terminal terminal;
    private final AgentRunner runner;

    GateCommand(Terminal terminal, AgentRunner runner) {
        this.terminal = terminal;
        this.runner = runner;
    }

    @Override
    public Integer call() {
        ConfigResult.Valid valid = ConfigOptions.read(inputs());
        Logging logging = Logging.start(valid.config().log(), terminal.environment());
        try {
            LoggerFactory.getLogger(GateCommand.class)
                    .atInfo()
                    .addKeyValue("version", Version.TEXT)
                    .addKeyValue("listen", listen)
                    .addKeyValue("upstream", upstream)
                    .addKeyValue("agent", agent)
                    .log("the gate starts");
            return runner.run(valid.config(), logging::close).code();
        } finally {
            logging.close();
        }
    }

    private ConfigInputs inputs() {
        List<FlagValue> flags = new ArrayList<>();
        flags.add(new FlagValue("gate", "cloud", "none"));
        flags.add(new FlagValue("gate", "servers[0].name", "server"));
        flags.add(new FlagValue("--upstream", "servers[0].url", upstream));
        flags.add(new FlagValue("--kind", "servers[0].kind", kind));
        flags.add(new FlagValue("--listen", "servers[0].gate.listen", listen));
        flags.add(new FlagValue("gate", "sources[0].name", "node-agent"));
        flags.add(new FlagValue("--agent", "sources[0].agent", agent));
        flags.add(new FlagValue("--status", "api.listen", status));
        flags.add(new FlagValue("gate", "api.socket", stateDirectory.resolve("gate.sock").toString()));
        flags.add(new FlagValue("--state-directory", "stateDirectory", stateDirectory.toString()));
        for (String one : set) {
            int equals = one.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(ExitCode.USAGE, "--set must be KEY=VALUE, not " + AnsiColors.plain(one));
            }
            flags.add(new FlagValue("--set", one.substring(0, equals), one.substring(equals + 1)));
        }
        return ConfigInputs.of(terminal.environment(), flags);
    }
}
