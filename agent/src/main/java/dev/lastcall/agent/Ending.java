// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;

import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent does when it is told to end (SIGTERM, or SIGINT from a keyboard):
 *
 * <ul>
 * <li>a drain is on: it goes on to its end;
 * <li>the machine goes down: that is a notice like any other, and the drain begins;
 * <li>neither, as in an upgrade: the servers are left as they are, and nothing is drained. What is in flight through a gate
 * may finish first, since it would end with the gate. If another agent follows, new clients wait for it.
 * </ul>
 */
final class Ending {

    private static final Logger log = LoggerFactory.getLogger(Ending.class);

    /** A drain is over by its deadline; what is waited for beyond it is its record. */
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(2);

    private final Agent agent;
    private final AgentConfig config;
    private final OperatingSystem system;
    private final NodeClock clock;

    Ending(Agent agent, AgentConfig config, OperatingSystem system, NodeClock clock) {
        this.agent = agent;
        this.config = config;
        this.system = system;
        this.clock = clock;
    }

    /** Does it, and closes the agent. Blocks until the deadline at most. */
    ExitCode end() {
        try {
            agent.ending();
            if (agent.reclamation().isEmpty() && config.notices().osShutdown() && system.isShuttingDown()) {
                agent.tellShutdown(config.notices().osShutdownWindow());
            }
            return agent.reclamation().map(this::drain).orElseGet(this::leave);
        } finally {
            agent.close();
        }
    }

    private ExitCode drain(Reclamation standing) {
        Duration left = standing.deadline().remaining(clock);
        log.atInfo()
                .addKeyValue("left", left.toSeconds() + "s")
                .log("told to end in mid-drain: the drain goes on to its end");
        try {
            boolean done = agent.awaitDrained(left.plus(AFTER_DEADLINE));
            return done ? ExitCode.OK : ExitCode.DEADLINE;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    private ExitCode leave() {
        try {
            int cut = agent.retireGates(config.drain().finish(), system.isRestarting());
            if (cut > 0) {
                log.atWarn()
                        .addKeyValue("requests", cut)
                        .addKeyValue("waited", config.drain().finish().toSeconds() + "s")
                        .log("requests in flight through a gate were cut; raise drain.finish to wait longer");
            }
            log.atInfo().log("told to end without a notice: servers are left as they are");
            return ExitCode.OK;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }
}
