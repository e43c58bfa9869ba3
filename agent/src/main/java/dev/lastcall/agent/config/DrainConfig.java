// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a window is divided among the phases of a drain. A null duration stands for the rule that depends on the window.
 *
 * @param dryRun whether everything is done but closing, cutting and stopping
 * @param margin kept unused before the deadline
 * @param settle how long in flight may still rise after the door has closed
 * @param cut how long before the deadline what is left is cut
 * @param stop how long before the deadline the server is told to stop
 * @param kill how long before the deadline it is killed
 * @param reopen whether the door opens again when the notice is withdrawn in time
 * @param restartCommand run when the notice is withdrawn after the server was stopped; empty for none
 */
public record DrainConfig(boolean dryRun, @Nullable Duration margin, @Nullable Duration settle, @Nullable Duration cut,
        @Nullable Duration stop, @Nullable Duration kill, boolean reopen, List<String> restartCommand) {

    static DrainConfig read(Section section) {
        DrainConfig drain = new DrainConfig(
                section.value("dryRun", ValueType.flag(), false,
                        "Watches and records everything, and closes, cuts and stops nothing."),
                section.optional("margin", Limits.PHASE, "10s of a window of 90s or more, else 8 % of it, at least 3s",
                        "Time kept unused before the deadline."),
                section.optional("settle", Limits.PHASE, "25 % of the window, at most 15s",
                        "Time after the door has closed in which in flight may still rise, because routers have not "
                                + "heard yet."),
                section.optional("cut", Limits.PHASE, "by the margin",
                        "How long before the deadline what is still in flight is cut."),
                section.optional("stop", Limits.PHASE, "by the margin",
                        "How long before the deadline the server is told to stop, idle or not."),
                section.optional("kill", Limits.PHASE, "by the margin",
                        "How long before the deadline the server is killed if it is still there."),
                section.value("reopen", ValueType.flag(), true,
                        "Whether the door opens again when the notice is withdrawn before the server was told to stop."),
                section.values("restartCommand", Commands.WORD, List.of(),
                        "Program and arguments that bring the server back when the notice is withdrawn after it was "
                                + "stopped."));
        inOrder(section, "cut", drain.cut(), "stop", drain.stop());
        inOrder(section, "stop", drain.stop(), "kill", drain.kill());
        inOrder(section, "cut", drain.cut(), "kill", drain.kill());
        return drain;
    }

    private static void inOrder(Section section, String first, @Nullable Duration before, String second,
            @Nullable Duration after) {
        if (before != null && after != null && before.compareTo(after) < 0) {
            section.conflict(first, "is " + Durations.format(before) + " before the deadline, which is later than "
                    + second + " (" + Durations.format(after) + " before it); the order is cut, stop, kill");
        }
    }
}
