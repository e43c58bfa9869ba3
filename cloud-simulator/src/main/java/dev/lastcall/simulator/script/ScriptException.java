// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.util.List;

/** A script that cannot be played; the message holds every problem on a line of its own, with file, line and remedy. */
public final class ScriptException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ScriptException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem, in the order of the lines: {@code spot.yaml:7: key "sett": unknown; allowed: at, set, remove}. */
    public List<String> problems() {
        return problems;
    }
}
