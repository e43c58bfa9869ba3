// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.time.Duration;

import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.metadata.NodeClock;

/**
 * What the unit that is stopped before the servers does: it reports to the agent that the machine goes down, and holds the servers'
 * own stop up until nothing is in flight. It does not wait for the servers to be gone, since systemd stops them only once
 * this is over.
 */
final class ShutdownDrain {

    private static final Duration PACE = Duration.ofMillis(200);

    private final AgentOptions agent;
    private final Terminal terminal;

    ShutdownDrain(AgentOptions agent, Terminal terminal) {
        this.agent = agent;
        this.terminal = terminal;
    }

    /** Done also where the machine does not go down; {@link ExitCode#DEADLINE} if requests were in flight to the end. */
    ExitCode run() {
        AgentOptions.Decision decision = agent.send("/v1/shutdown", terminal.environment());
        terminal.out().println(decision.message());
        try {
            return decision.accepted() ? await() : ExitCode.OK;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    private ExitCode await() throws InterruptedException {
        while (true) {
            StatusView now = StatusDocument.read(agent.ask("GET", "/v1/status", "", terminal.environment()));
            if (now.servers().stream().allMatch(server -> isBeyondDraining(server.phase()))) {
                terminal.out().println("nothing is in flight any more");
                return ExitCode.OK;
            }
            StatusView.ReclamationView standing = now.reclamation();
            if (standing == null || standing.left().isNegative()) {
                terminal.out().println("the deadline has passed");
                return ExitCode.DEADLINE;
            }
            NodeClock.system().sleep(PACE);
        }
    }

    private static boolean isBeyondDraining(String phase) {
        return phase.equals("stopping") || phase.equals("stopped");
    }
}
