// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigInputs.FlagValue;
import dev.lastcall.agent.config.ConfigProblem;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that give values to keys of the configuration. */
public final class ConfigOptions {

    private static final String FILE_HELP = "The configuration; /etc/lastcall/lastcall.yaml if it is there.";

    @Option(names = "--config", paramLabel = "FILE", order = 1, description = FILE_HELP)
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", order = 2, description = "Sets a key, such as aws.poll=2s; repeatable.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--cloud", paramLabel = "CLOUD", order = 3, description = "auto, aws, gcp, azure or none.")
    private @Nullable String cloud;

    @Option(names = "--listen", paramLabel = "HOST:PORT", order = 4, description = "Where health, metrics and status are served.")
    private @Nullable String listen;

    @Option(names = "--socket", paramLabel = "PATH", order = 5, description = "The control socket.")
    private @Nullable String socket;

    @Option(names = "--state-directory", paramLabel = "PATH", order = 6, description = "Where drain records and a drain's state are kept.")
    private @Nullable String stateDirectory;

    @Option(names = "--dry-run", order = 7, description = "Watches and records everything; closes, cuts, stops and notifies nothing.")
    private boolean dryRun;

    @Option(names = "--log-format", paramLabel = "FORMAT", order = 8, description = "text or json.")
    private @Nullable String logFormat;

    @Option(names = "--log-level", paramLabel = "LEVEL", order = 9, description = "error, warn, info or debug.")
    private @Nullable String logLevel;

    /** As {@code --config FILE} gives it. */
    static ConfigOptions ofFile(Path file) {
        ConfigOptions options = new ConfigOptions();
        options.file = file;
        return options;
    }

    /**
     * The same with a file that was named without the flag.
     *
     * @throws CommandFailure if the flag named one too
     */
    ConfigOptions withFile(Path named) {
        if (file != null) {
            throw new CommandFailure(ExitCode.USAGE, "name one file, by --config or without it");
        }
        file = named;
        return this;
    }

    /** Where the configuration is read from. */
    public ConfigInputs inputs(Map<String, String> environment) {
        List<FlagValue> flags = new ArrayList<>();
        set.forEach((key, value) -> flags.add(new FlagValue("--set", key, value)));
        add(flags, "--cloud", "cloud", cloud);
        add(flags, "--listen", "api.listen", listen);
        add(flags, "--socket", "api.socket", socket);
        add(flags, "--state-directory", "stateDirectory", stateDirectory);
        add(flags, "--dry-run", "drain.dryRun", dryRun ? "true" : null);
        add(flags, "--log-format", "log.format", logFormat);
        add(flags, "--log-level", "log.level", logLevel);
        ConfigInputs inputs = ConfigInputs.of(environment, flags);
        return file == null ? inputs : inputs.withFile(file);
    }

    /**
     * The configuration.
     *
     * @throws CommandFailure if it cannot be used; the message has every problem on a line of its own
     */
    ConfigResult.Valid read(Map<String, String> environment) {
        return read(inputs(environment));
    }

    /** The configuration from these inputs, as {@link #read(Map)}. */
    static ConfigResult.Valid read(ConfigInputs inputs) {
        return switch (ConfigReader.read(inputs)) {
            case ConfigResult.Valid valid -> valid;
            case ConfigResult.Invalid invalid -> throw new CommandFailure(ExitCode.USAGE, explain(invalid));
        };
    }

    private static String explain(ConfigResult.Invalid invalid) {
        List<ConfigProblem> problems = invalid.problems();
        if (problems.size() == 1) {
            return problems.getFirst().toString();
        }
        StringBuilder message = new StringBuilder("the configuration cannot be used:");
        problems.forEach(problem -> message.append("\n  ").append(problem));
        return message.toString();
    }

    private static void add(List<FlagValue> flags, String flag, String key, @Nullable String value) {
        if (value != null) {
            flags.add(new FlagValue(flag, key, value));
        }
    }
}
