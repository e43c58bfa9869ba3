// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;

/** How a server is stopped, as the configuration says. Immutable. */
public sealed interface StopWay {

    /** By its systemd unit. */
    record Systemd(String unit) implements StopWay {}

    /** By the id of its main process, as it is when the agent starts. */
    record Pid(long pid) implements StopWay {}

    /** By the file that holds the id of its main process. */
    record PidFile(Path file) implements StopWay {}

    /** By a program and its arguments, run without a shell. */
    record Command(List<String> argv) implements StopWay {
        public Command {
            argv = List.copyOf(argv);
            if (argv.isEmpty()) {
                throw new IllegalArgumentException("a stop command needs a program");
            }
        }
    }

    /** Not at all. */
    record None() implements StopWay {}

    /**
     * The stopper that does it. Looks the process up once and touches nothing.
     *
     * @throws IllegalArgumentException if a unit's name is none
     */
    default Stopper stopper(SystemdStopper.Host host) {
        return switch (this) {
            case Systemd(String unit) -> new SystemdStopper(unit, host);
            case Pid(long pid) -> ProcessStopper.ofPid(pid, host.processes());
            case PidFile(Path file) -> ProcessStopper.ofPidFile(file, host.processes());
            case Command(List<String> argv) -> new CommandStopper(argv);
            case None _ -> Stopper.NONE;
        };
    }

    /** What the budget has to keep for it, of what the server's kind would need. */
    default StopNeeds needs(StopNeeds ofKind) {
        return this instanceof None ? StopNeeds.NOTHING_TO_STOP : ofKind;
    }

    /**
     * The way back after a withdrawal.
     *
     * @param argv the program and its arguments, run without a shell; empty for none
     * @param stopper the stopper of the same server; what it left in a unit's configuration is taken back first
     */
    static Restarter restarter(List<String> argv, Stopper stopper) {
        if (argv.isEmpty()) {
            return Restarter.NONE;
        }
        List<String> command = List.copyOf(argv);
        return bound -> {
            Duration half = bound.dividedBy(2);
            if (stopper instanceof SystemdStopper systemd
                    && systemd.release(half) instanceof Stopper.Outcome.Failed failed) {
                return failed;
            }
            return CommandStopper.outcome(command, half);
        };
    }
}
