// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.lastcall.agent.server.Stopper;

/**
 * Stops a server by a command of the operator's, such as {@code docker stop}. The command's success is the only proof
 * there is that the server is gone, and there is no way to kill it. Thread-safe.
 */
final class CommandStopper implements Stopper {

    private final List<String> argv;
    private final AtomicBoolean stopped = new AtomicBoolean();

    CommandStopper(List<String> argv) {
        this.argv = List.copyOf(argv);
    }

    @Override
    public Outcome terminate(Duration bound) {
        Outcome outcome = outcome(argv, bound);
        if (outcome instanceof Outcome.Done) {
            stopped.set(true);
        }
        return outcome;
    }

    @Override
    public Outcome kill(Duration bound) {
        return isGone()
                ? Outcome.DONE
                : new Outcome.Failed("a server that is stopped by a command cannot be killed; configure stop.pidFile or"
                        + " stop.systemd if it must be");
    }

    @Override
    public boolean isGone() {
        return stopped.get();
    }

    @Override
    public Optional<String> obstacle() {
        String program = argv.getFirst();
        boolean there = program.contains("/")
                ? Files.isExecutable(Path.of(program))
                : Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        return there ? Optional.empty() : Optional.of("there is no program " + program + ": correct stop.command");
    }

    /** Runs a command of the operator's. */
    static Outcome outcome(List<String> argv, Duration bound) {
        return switch (BoundedCommand.run(argv, bound)) {
            case BoundedCommand.Result.Failed(String reason) -> new Outcome.Failed(reason);
            case BoundedCommand.Result.Ended(int exitCode, String output) -> exitCode == 0
                    ? Outcome.DONE
                    : new Outcome.Failed(String.join(" ", argv) + " ended with " + exitCode + ": "
                            + output.strip().lines().findFirst().orElse("no output"));
        };
    }
}
