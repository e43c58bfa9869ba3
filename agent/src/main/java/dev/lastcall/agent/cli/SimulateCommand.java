// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.SimulatorBuilder;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.ScriptException;
import dev.lastcall.simulator.wire.RecordedRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "simulate", sortOptions = false, description = "Simulates a cloud's metadata server, for game days; ends with Ctrl-C.")
final class SimulateCommand implements Callable<Integer> {

    private static final String EXAMPLE = "example:";

    @Parameters(paramLabel = "CLOUD", description = "aws, gcp or azure.")
    private String cloud = "";

    @Option(names = "--script", paramLabel = "FILE", required = true, order = 1, description = "What happens when: YAML, or example:NAME.")
    private String script = "";

    @Option(names = "--listen", paramLabel = "HOST:PORT", order = 2, description = "Where it listens; 127.0.0.1:9810.")
    private String listen = "127.0.0.1:9810";

    @Option(names = "--speed", paramLabel = "FACTOR", order = 3, description = "How fast its time runs; 1.")
    private double speed = 1;

    @Option(names = "--quiet", order = 4, description = "Prints no line for each request.")
    private boolean quiet;

    private final Terminal terminal;
    private final CountDownLatch ended;

    /**
     * Makes the command.
     *
     * @param ended ends it when it is counted down
     */
    SimulateCommand(Terminal terminal, CountDownLatch ended) {
        this.terminal = terminal;
        this.ended = ended;
    }

    @Override
    public Integer call() throws InterruptedException {
        Script read = read();
        if (!read.cloud().label().equals(cloud)) {
            throw new CommandFailure(ExitCode.USAGE, "the script is one for " + read.cloud().label() + ", not for "
                    + AnsiColors.plain(cloud) + "; CLOUD is aws, gcp or azure, as in the script");
        }
        try (Simulator simulator = builder(read).start()) {
            terminal.out()
                    .println("simulating " + cloud + " at " + simulator.endpoint() + "; point the agent there with "
                            + endpointFlag(simulator.endpoint().toString()));
            ended.await();
            return ExitCode.OK.code();
        } catch (UncheckedIOException taken) {
            throw new CommandFailure(ExitCode.FAILURE,
                    taken.getMessage() + ": " + taken.getCause() + "; choose another with --listen",
                    taken);
        }
    }

    private SimulatorBuilder builder(Script read) {
        try {
            ListenAddress address = ListenAddress.parse(listen);
            SimulatorBuilder builder = Simulator.of(read)
                    .listen(new InetSocketAddress(address.host(), address.port()))
                    .speed(speed);
            return quiet ? builder : builder.onRequest(this::print);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--listen must be " + ListenAddress.ALLOWED + ", and --speed 0.001 to 1000", wrong);
        }
    }

    private void print(RecordedRequest request) {
        terminal.out().println(AnsiColors.fit(AnsiColors.plain(request.toString()), terminal.width()));
    }

    private String endpointFlag(String endpoint) {
        return "--set " + cloud + (cloud.equals("aws") ? ".endpoints=" : ".endpoint=") + endpoint;
    }

    private Script read() {
        @Nullable
        String example = script.startsWith(EXAMPLE) ? script.substring(EXAMPLE.length()) : null;
        try {
            return example == null ? Script.read(Path.of(script)) : Script.example(example);
        } catch (ScriptException wrong) {
            throw new CommandFailure(ExitCode.USAGE,
                    "the script cannot be used:\n  " + String.join("\n  ", wrong.problems()),
                    wrong);
        } catch (IOException unreadable) {
            throw new CommandFailure(ExitCode.USAGE, "the script " + script + " cannot be read: "
                    + (Files.exists(Path.of(script)) ? unreadable : "no such file"), unreadable);
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.USAGE, AnsiColors.plain(String.valueOf(none.getMessage())), none);
        }
    }
}
