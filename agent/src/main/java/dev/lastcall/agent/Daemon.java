// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.cli.AgentRunner;
import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Version;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.metadata.NodeClock;

/** Runs an agent from its start until the process is told to end, and then as long as {@link Ending} needs. */
final class Daemon implements AgentRunner {

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
        Agent agent;
        try {
            agent = Agent.start(config, Version.TEXT, clock, system, ServiceManager.of(environment));
        } catch (IOException cannot) {
            throw new CommandFailure(ExitCode.FAILURE, String.valueOf(cannot.getMessage()));
        }
        Ending ending = new Ending(agent, config, system, clock);
        // The JVM ends when its hooks have: the drain goes on inside this one, and its exit code counts.
        Thread hook = new Thread(() -> {
            ExitCode code = ending.end();
            lastWord.run();
            Runtime.getRuntime().halt(code.code());
        }, "ending");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException toldToEndAlready) {
            agent.close();
            return ExitCode.OK;
        }
        return untilKilled();
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
