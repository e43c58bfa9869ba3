// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import dev.lastcall.agent.cli.Cli;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.demo.DemoCommand;
import dev.lastcall.metadata.NodeClock;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /** Runs the command that {@code args} name and exits with its code. */
    public static void main(String[] args) {
        Cli cli = new Cli(Terminal.system(), new Daemon(OperatingSystem.current(), NodeClock.system()))
                .add("demo", DemoCommand::new);
        System.exit(cli.run(args));
    }
}
