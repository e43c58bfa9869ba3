// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.cli.AgentRunner;
import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Version;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.metadata.NodeClock;

/** Runs an agent from its start until the process gets a stop signal, and then as long as {@link GracefulShutdown} needs. */
final class Daemon implements AgentRunner {

    /** How long a start that a stop signal interrupts may still take; after that the agent is left as it is. */
    private static final Duration START_BOUND = Duration.ofSeconds(20);

    private final OperatingSystem system;
    private final Map<String, String> environment;
    private final NodeClock clock;

    /** @param environment of the process, which says whether it is a service of systemd */
    Daemon(OperatingSystem system, Map<String, String> environment, NodeClock clock) {
        this.system = system;
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public ExitCode run(AgentConfig config, Runnable lastWord) {
        CompletableFuture<Optional<Agent>> started = new CompletableFuture<>();
        try {
            // Before the start: when a stop signal comes in the middle of it, the agent may already have resumed a drain.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started, config, lastWord), "ending"));
        } catch (IllegalStateException alreadyEnding) {
            return ExitCode.OK;
        }
        try {
            started.complete(Optional.of(
                    Agent.start(config, Version.TEXT, clock, system, ServiceManager.of(environment))));
        } catch (IOException cannot) {
            throw new CommandFailure(ExitCode.FAILURE, String.valueOf(cannot.getMessage()));
        } finally {
            started.complete(Optional.empty());
        }
        return untilKilled();
    }

    /** The JVM ends when its hooks have: the drain goes on inside this one, and its exit code counts. */
    private void end(CompletableFuture<Optional<Agent>> started, AgentConfig config, Runnable lastWord) {
        started.completeOnTimeout(Optional.empty(), START_BOUND.toSeconds(), TimeUnit.SECONDS)
                .join()
                .ifPresent(agent -> {
                    ExitCode code = new GracefulShutdown(agent, config, system, clock).end();
                    lastWord.run();
                    Runtime.getRuntime().halt(code.code());
                });
    }

    private static ExitCode untilKilled() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.INTERRUPTED;
    }
}
