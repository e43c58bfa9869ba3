// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;

import dev.lastcall.agent.drain.DrainPolicy;
import dev.lastcall.agent.drain.DrainSettings;

/** How a window is divided among the phases of a drain, and what else holds for drains. */
final class DrainSchema {

    private static final DrainSettings DEFAULT = DrainSettings.DEFAULT;

    private DrainSchema() {}

    static DrainSettings read(Section section) {
        boolean dryRun = section.value("dryRun", ValueType.flag(), DEFAULT.dryRun(),
                "Watches and records everything; closes, cuts and stops nothing, and notifies neither gates in pods nor "
                        + "the cluster, the webhook or `/readyz`.");
        DrainPolicy policy = new DrainPolicy(
                section.optional("safetyMargin", Limits.PHASE,
                        byWindow(DrainPolicy.LONG_MARGIN,
                                percent(DrainPolicy.SHORT_MARGIN_SHARE) + " of it, at least "
                                        + seconds(DrainPolicy.SHORT_MARGIN)),
                        "Time kept free before the deadline."),
                section.optional("settleTime", Limits.PHASE,
                        percent(DrainPolicy.SETTLE_SHARE) + " of the window, at most "
                                + seconds(DrainPolicy.MAX_SETTLE),
                        "Time after the door has closed before an idle server is stopped, so that routers learn of it."),
                section.optional("cutGrace", Limits.PHASE,
                        byWindow(DrainPolicy.LONG_CUT, seconds(DrainPolicy.SHORT_CUT)),
                        "Time from the cut of what is still in flight to the stop of the server."),
                section.optional("stopGrace", Limits.PHASE,
                        byWindow(DrainPolicy.LONG_STOP, seconds(DrainPolicy.SHORT_STOP)),
                        "Time from the stop (SIGTERM) to the kill (SIGKILL)."));
        return new DrainSettings(policy,
                section.value("finish", ValueType.duration(Duration.ZERO, Duration.ofHours(1)), DEFAULT.finish(),
                        "Time that requests in flight through a gate have to finish when the agent is stopped without a "
                                + "notice, as for an upgrade."),
                section.value("reopen", ValueType.flag(), DEFAULT.reopen(),
                        "Whether the door opens again when the notice is withdrawn: at once before the server was asked to stop, and "
                                + "after that when the server has been started again and answers."),
                dryRun,
                section.values("restartCommand", Commands.WORD, DEFAULT.restartCommand(),
                        "Program and arguments that bring the server back when the notice is withdrawn after it was "
                                + "stopped; the door opens when it answers."));
    }

    private static String byWindow(Duration ofLongOne, String otherwise) {
        return seconds(ofLongOne) + " of a window of " + seconds(DrainPolicy.LONG_WINDOW) + " or more, else "
                + otherwise;
    }

    private static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + "s";
    }
}
