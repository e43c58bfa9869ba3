// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong with a script, so that all of it is said at once. Not thread-safe. */
final class ScriptProblems {

    /** A longer list is of no use to a reader. */
    private static final int MAX_PROBLEMS = 50;

    private record Problem(int line, String text) {}

    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    ScriptProblems(String file) {
        this.file = file;
    }

    void add(int line, String problem) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(new Problem(line, problem));
        }
    }

    void add(int line, String key, String problem) {
        add(line, "key \"" + key + "\": " + problem);
    }

    /** Throws when there is a problem. */
    void check() throws ScriptException {
        if (!problems.isEmpty()) {
            throw new ScriptException(problems.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .map(problem -> file + ":" + problem.line() + ": " + problem.text())
                    .toList());
        }
    }
}
