// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent does after a stop signal (SIGTERM, or SIGINT from a keyboard):
 *
 * <pre>
 *             a final notice, or the machine goes down
 *           ┌──────────────────────────────────────────▶ drain to its end ──over──▶ exit
 *  signal ──┤                          ▲      │
 *           └─▶ let clients finish ────┘      │ withdrawn
 *                 ▲    │                      │
 *                 └────┼──────────────────────┘
 *                      └─finished, or drain.finish has gone by──▶ exit
 * </pre>
 *
 * <p>Without a notice, as in an upgrade, the servers are left as they are and nothing is drained. What is in flight through a
 * gate may finish first, since it would end with the gate. If another agent follows, new clients wait for it. A dry run never
 * drains, so that it only lets clients finish.
 */
final class GracefulShutdown {

    private static final Logger log = LoggerFactory.getLogger(GracefulShutdown.class);

    /** A drain is over by its deadline; what is waited for beyond it is its record. */
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(2);

    /** Between two looks whether the drain is over. */
    private static final Duration PACE = Duration.ofMillis(100);

    /** Between two questions whether the machine goes down, while clients finish. */
    private static final Duration SHUTDOWN_LOOK = Duration.ofSeconds(2);

    private final Agent agent;
    private final AgentConfig config;
    private final OperatingSystem system;
    private final NodeClock clock;
    private Deadline deadline;

    GracefulShutdown(Agent agent, AgentConfig config, OperatingSystem system, NodeClock clock) {
        this.agent = agent;
        this.config = config;
        this.system = system;
        this.clock = clock;
        this.deadline = new Deadline(clock.nanoTime());
    }

    /** Does it, and closes the agent. Blocks until the deadline at most. */
    ExitCode end() {
        try {
            agent.ending();
            checkShutdown();
            ExitCode code = null;
            while (code == null) {
                code = (standing().isPresent() ? drain() : leave()).orElse(null);
            }
            return code;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        } finally {
            agent.close();
        }
    }

    /** What is to be drained for. */
    private Optional<Reclamation> standing() {
        return config.drain().dryRun() ? Optional.empty() : agent.reclamation();
    }

    private void checkShutdown() {
        if (standing().isEmpty() && config.notices().osShutdown() && system.isShuttingDown()) {
            agent.postShutdownNotice();
        }
    }

    /** Empty where the notice was withdrawn, so that what is in flight may finish after all. */
    private Optional<ExitCode> drain() throws InterruptedException {
        log.atInfo()
                .addKeyValue("left", left().toSeconds() + "s")
                .log("stop signal in mid-drain: the drain goes on to its end");
        while (!agent.awaitDrained(PACE)) {
            if (left().plus(AFTER_DEADLINE).isNegative()) {
                return Optional.of(ExitCode.DEADLINE);
            }
        }
        return standing().map(drained -> ExitCode.OK);
    }

    /** Until the last deadline of a drain that is on. */
    private Duration left() {
        agent.drainDeadline().ifPresent(latest -> deadline = latest);
        return Duration.ofNanos(deadline.nanoTime() - clock.nanoTime());
    }

    /** Empty where a notice came meanwhile. */
    private Optional<ExitCode> leave() throws InterruptedException {
        Thread watch = Thread.ofVirtual().name("shutdown-watch").start(this::watchForShutdown);
        try {
            OptionalInt cut = agent.retireGates(config.drain().finish(), system.isRestarting(),
                    () -> standing().isPresent());
            if (cut.isEmpty()) {
                return Optional.empty();
            }
            if (cut.getAsInt() > 0) {
                log.atWarn()
                        .addKeyValue("requests", cut.getAsInt())
                        .addKeyValue("waited", config.drain().finish().toSeconds() + "s")
                        .log("requests in flight through a gate were cut; raise drain.finish to wait longer");
            }
            log.atInfo().log("stop signal without a notice: servers are left as they are");
            return Optional.of(ExitCode.OK);
        } finally {
            watch.interrupt();
        }
    }

    private void watchForShutdown() {
        try {
            while (true) {
                clock.sleep(SHUTDOWN_LOOK);
                checkShutdown();
            }
        } catch (InterruptedException over) {
            // The one way to end: leave() interrupts.
        }
    }
}
