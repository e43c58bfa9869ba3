// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** Runs commands and keeps what they print. */
final class CapturedTerminal {

    private static final int WIDTH = 100;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment;
    private AgentRunner runner = (config, lastWord) -> ExitCode.OK;

    CapturedTerminal(Map<String, String> environment) {
        this.environment = environment;
    }

    CapturedTerminal running(AgentRunner other) {
        runner = other;
        return this;
    }

    int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), environment, false,
                WIDTH);
        return new Cli(terminal, runner).run(args);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
