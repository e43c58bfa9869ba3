// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs a drain: one line for each transition, with the time left. */
final class DrainLog {

    private static final Logger log = LoggerFactory.getLogger(DrainLog.class);

    private DrainLog() {}

    static void write(DrainTransition transition) {
        DrainRecord ended = transition.record();
        LoggingEventBuilder line = ended == null || ended.problems().isEmpty() ? log.atInfo() : log.atWarn();
        line = line.addKeyValue("server", transition.server())
                .addKeyValue("phase", transition.to().label())
                .addKeyValue("left", seconds(transition.timeLeft()))
                .addKeyValue("elapsed", seconds(transition.elapsed()));
        Duration doorDelay = transition.doorDelay();
        if (doorDelay != null) {
            line = line.addKeyValue("doorDelayMs", doorDelay.toNanos() / 1_000_000.0);
        }
        if (ended != null) {
            line = line.addKeyValue("outcome", ended.outcome())
                    .addKeyValue("inFlightAtNotice", known(ended.inFlightAtNotice()))
                    .addKeyValue("completed", known(ended.completed()))
                    .addKeyValue("refused", known(ended.refused()))
                    .addKeyValue("cut", known(ended.cut()))
                    .addKeyValue("lost", known(ended.lost()))
                    .addKeyValue("unused", ended.unusedMillis() / 1000.0 + "s");
            for (String problem : ended.problems()) {
                line = line.addKeyValue("problem", problem);
            }
        }
        if (transition.dryRun()) {
            line = line.addKeyValue("dryRun", true);
        }
        line.log(message(transition));
    }

    private static String message(DrainTransition transition) {
        return switch (transition.to()) {
            case OPEN -> transition.from() == Phase.WITHDRAWN_AFTER_STOP || transition.from() == Phase.STOPPED
                    ? "door open again"
                    : "notice withdrawn, door open";
            case ANNOUNCING -> "routers are asked to go elsewhere, the door is closed soon";
            case SETTLING -> transition.from() == Phase.OPEN || transition.from() == Phase.ANNOUNCING
                    ? "door closed"
                    : "door closed again";
            case DRAINING -> "settled, waiting for requests in flight";
            case CUTTING -> "drain budget spent, cutting what is left";
            case STOPPING -> transition.from() == Phase.CUTTING
                    ? "telling server to stop after the cut"
                    : "idle, telling server to stop";
            case STOPPED -> "drain over";
            case WITHDRAWN_AFTER_STOP ->
                "notice withdrawn after the server was asked to stop, door stays closed until it answers again";
        };
    }

    private static Object known(@Nullable Object value) {
        return value == null ? "unknown" : value;
    }

    private static String seconds(Duration duration) {
        return Math.round(duration.toMillis() / 100.0) / 10.0 + "s";
    }
}
