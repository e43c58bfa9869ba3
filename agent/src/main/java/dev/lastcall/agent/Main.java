// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import dev.lastcall.agent.cli.Cli;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.cli.TerminalScreen;
import dev.lastcall.agent.demo.DemoCommand;
import dev.lastcall.agent.doctor.DoctorCommand;
import dev.lastcall.agent.permissions.PermissionCheck;
import dev.lastcall.agent.setup.InitCommand;
import dev.lastcall.agent.status.RecordedDrains;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.warm.WarmCommand;
import dev.lastcall.metadata.NodeClock;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /** Runs the command that {@code args} name and exits with its code. */
    public static void main(String[] args) {
        System.exit(commands(Terminal.system()).run(args));
    }

    /** Every command of the program. */
    public static Cli commands(Terminal terminal) {
        return new Cli(terminal, new Daemon(OperatingSystem.current(), System.getenv(), NodeClock.system()))
                .withRights(PermissionCheck::report)
                .withRecords(RecordedDrains::read)
                .add("warm", () -> new WarmCommand(terminal,
                        () -> TerminalScreen.ofStandardError(terminal.environment()), NodeClock.system()))
                .add("demo", DemoCommand::new)
                .add("doctor", () -> new DoctorCommand(terminal))
                .add("init", () -> new InitCommand(terminal));
    }
}
