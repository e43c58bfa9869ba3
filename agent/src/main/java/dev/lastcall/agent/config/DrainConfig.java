// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a window is divided among the phases of a drain. A null duration means the rule that depends on the window.
 *
 * @param dryRun whether everything is done but closing, cutting and stopping
 * @param safetyMargin kept unused before the deadline
 * @param settleTime how long in flight may still rise after the door has closed
 * @param cutGrace from the cut to the stop
 * @param stopGrace from the stop to the kill
 * @param finish how long requests in flight through a gate may take when the agent ends without a notice
 * @param reopen whether the door opens again when the notice is withdrawn in time
 * @param restartCommand run when the notice is withdrawn after the server was stopped; empty for none
 */
public record DrainConfig(boolean dryRun, @Nullable Duration safetyMargin, @Nullable Duration settleTime,
        @Nullable Duration cutGrace,
        @Nullable Duration stopGrace, Duration finish, boolean reopen, List<String> restartCommand) {

    static DrainConfig read(Section section) {
        return new DrainConfig(
                section.value("dryRun", ValueType.flag(), false,
                        "Watches and records everything; closes, cuts and stops nothing, and notifies neither gates in pods nor "
                                + "the cluster, the webhook or `/readyz`."),
                section.optional("safetyMargin", Limits.PHASE,
                        "10s of a window of 90s or more, else 8 % of it, at least 3s",
                        "Time kept free before the deadline."),
                section.optional("settleTime", Limits.PHASE, "25 % of the window, at most 15s",
                        "Time after the door has closed before an idle server is stopped, so that routers learn of it."),
                section.optional("cutGrace", Limits.PHASE, "8s of a window of 90s or more, else 3s",
                        "Time from the cut of what is still in flight to the stop of the server."),
                section.optional("stopGrace", Limits.PHASE, "7s of a window of 90s or more, else 4s",
                        "Time from the stop (SIGTERM) to the kill (SIGKILL)."),
                section.value("finish", ValueType.duration(Duration.ZERO, Duration.ofHours(1)), Duration.ofSeconds(60),
                        "Time that requests in flight through a gate have to finish when the agent is stopped without a "
                                + "notice, as for an upgrade."),
                section.value("reopen", ValueType.flag(), true,
                        "Whether the door opens again when the notice is withdrawn: at once before the server was asked to stop, and "
                                + "after that when the server has been started again and answers."),
                section.values("restartCommand", Commands.WORD, List.of(),
                        "Program and arguments that bring the server back when the notice is withdrawn after it was "
                                + "stopped; the door opens when it answers."));
    }
}
