// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.text.SafeText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Only the sub-command that is asked for is built, because reading every command's annotations would
 * be most of a short command's time.
 */
public final class Cli {

    private final Terminal terminal;
    private final AgentRunner runner;
    private Function<AgentConfig, List<String>> rights = config -> List.of();
    private PastDrains.Records records = directory -> List.of();
    private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();

    /**
     * A command line.
     *
     * @param terminal where commands print
     * @param runner runs the daemon
     */
    public Cli(Terminal terminal, AgentRunner runner) {
        this.terminal = terminal;
        this.runner = runner;
        add("run", () -> new RunCommand(terminal, runner));
        add("gate", () -> new GateCommand(terminal, runner));
        add("status", () -> new StatusCommand(terminal, () -> TtyScreen.open(terminal),
                NodeClock.system()));
        add("models", () -> new ModelsCommand(terminal));
        add("wait", () -> new WaitCommand(terminal, NodeClock.system()));
        add("history", () -> new HistoryCommand(terminal, directory -> records.read(directory)));
        add("explain", () -> new ExplainCommand(terminal, directory -> records.read(directory)));
        add("drain", () -> new DrainCommand(terminal));
        add("undrain", () -> new UndrainCommand(terminal));
        add("reopen", () -> new ReopenCommand(terminal));
        add("forget", () -> new ForgetCommand(terminal));
        commands.put("config", () -> new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigCommand.Check(terminal, config -> rights.apply(config)))
                .addSubcommand(new ConfigCommand.Show(terminal))
                .addSubcommand(new ConfigCommand.Schema(terminal))
                .addSubcommand(new ConfigCommand.Reference(terminal)));
        add("attach", () -> new AttachCommand(terminal));
        add("detach", () -> new DetachCommand(terminal));
        add("simulate", () -> new SimulateCommand(terminal, new CountDownLatch(1)));
        add("version", () -> new VersionCommand(terminal));
    }

    /** Has `config check` also report, a line each, what this node does not let the agent do. */
    public Cli withRights(Function<AgentConfig, List<String>> missing) {
        rights = missing;
        return this;
    }

    /** Has `history` and `explain` also read the records of a state directory. */
    public Cli withRecords(PastDrains.Records kept) {
        records = kept;
        return this;
    }

    /** Adds a command: an object with Picocli's annotations. */
    public Cli add(String name, Supplier<Object> command) {
        commands.put(name, () -> new CommandLine(command.get()));
        return this;
    }

    /** Runs what the arguments say; returns the process's exit code. */
    public int run(String... args) {
        if (args.length == 0) {
            // A person wants the help, and a script that lost its command must not go on: nothing on standard output.
            line().usage(terminal.err());
            return ExitCode.USAGE.code();
        }
        return RunCommand.plain(terminal, runner, args)
                .map(plain -> daemon(plain, args))
                .orElseGet(() -> line(args).execute(args));
    }

    private int daemon(RunCommand plain, String... args) {
        try {
            return plain.call();
        } catch (RuntimeException failure) {
            return failed(failure, debug(args));
        }
    }

    /** What the commands are, those that {@code args} do not name left out; with no arguments, all of them. */
    public CommandLine line(String... args) {
        CommandLine line = new CommandLine(new Top());
        boolean known = args.length > 0 && commands.containsKey(args[0]);
        commands.forEach((name, command) -> {
            if (!known || name.equals(args[0])) {
                line.addSubcommand(name, command.get());
            }
        });
        addHelp(line);
        line.getCommandSpec()
                .version(Version.LINE)
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Prints the version.")
                        .order(Integer.MAX_VALUE)
                        .build());
        boolean debug = debug(args);
        return line.setOut(terminal.out())
                .setErr(terminal.err())
                .setUsageHelpWidth(terminal.width())
                .setColorScheme(colours())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(this::usage)
                .setExecutionExceptionHandler((failure, command, result) -> failed(failure, debug));
    }

    private static void addHelp(CommandLine line) {
        line.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this.")
                        .order(Integer.MAX_VALUE)
                        .build());
        line.getSubcommands().values().forEach(Cli::addHelp);
    }

    private ColorScheme colours() {
        return CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF);
    }

    private boolean debug(String... args) {
        String flags = String.join(" ", Arrays.asList(args)).replace('=', ' ') + " ";
        return flags.contains("--log-level debug ")
                || terminal.environment().getOrDefault("LASTCALL_LOG_LEVEL", "").equals("debug");
    }

    private int usage(ParameterException wrong, String[] args) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        String name = command.qualifiedName();
        String message = SafeText.of(String.valueOf(wrong.getMessage()));
        if (wrong instanceof UnmatchedArgumentException unmatched && !command.subcommands().isEmpty()
                && !unmatched.getUnmatched().getFirst().startsWith("-")) {
            message = "there is no command " + unmatched.getUnmatched().getFirst() + "; there are "
                    + String.join(", ", command.subcommands().keySet());
        }
        terminal.err().println(name + ": " + AnsiColors.plain(message) + "; see " + name + " --help");
        return ExitCode.USAGE.code();
    }

    private int failed(Exception failure, boolean debug) {
        if (debug) {
            failure.printStackTrace(terminal.err());
        }
        if (failure instanceof CommandFailure known) {
            terminal.err().println("lastcall: " + known.getMessage());
            return known.exitCode().code();
        }
        terminal.err()
                .println("lastcall: failed: " + AnsiColors.plain(failure.toString())
                        + (debug ? "" : "; LASTCALL_LOG_LEVEL=debug shows where"));
        return ExitCode.FAILURE.code();
    }

    @Command(name = "lastcall", subcommands = {}, synopsisSubcommandLabel = "COMMAND", description = {
        "Drains the inference servers of a node that the cloud takes back:",
        "closes the door at the notice, lets what is in flight finish, stops in time.", ""}, footer = {"",
            "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 deadline passed, 130 interrupted."})
    static final class Top implements Runnable {

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
