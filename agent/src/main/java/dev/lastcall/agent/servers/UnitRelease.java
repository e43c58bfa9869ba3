// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.server.stop.SystemdStopper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back what a drain left in the configuration of systemd's units, which would else keep a server that serves again from
 * being restarted when it fails: at the start of the agent, and when the door of a stopped server opens again. Off every critical
 * path.
 */
public final class UnitRelease {

    private static final Logger log = LoggerFactory.getLogger(UnitRelease.class);

    private static final Duration BOUND = Duration.ofSeconds(5);

    private UnitRelease() {}

    /** Begins; each unit on a thread of its own. */
    public static void start(List<LocalServer> servers) {
        for (LocalServer local : servers) {
            if (local.server().stopper() instanceof SystemdStopper unit) {
                Thread.ofVirtual().name("release-" + local.server().name()).start(() -> release(local, unit));
            }
        }
    }

    /** Hears of the drains of {@code servers}. */
    public static void on(DrainTransition transition, List<LocalServer> servers) {
        if (transition.to() == Phase.OPEN
                && (transition.from() == Phase.STOPPED || transition.from() == Phase.WITHDRAWN_AFTER_STOP)) {
            start(servers.stream().filter(local -> local.server().name().equals(transition.server())).toList());
        }
    }

    private static void release(LocalServer local, SystemdStopper unit) {
        if (unit.release(BOUND) instanceof Stopper.Outcome.Failed(String reason)) {
            log.atWarn()
                    .addKeyValue("server", local.server().name())
                    .addKeyValue("reason", reason)
                    .log("a unit is still held down by an earlier drain");
        }
    }
}
