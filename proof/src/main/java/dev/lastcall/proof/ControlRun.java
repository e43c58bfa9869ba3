// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.Verdict;
import dev.lastcall.metadata.NodeClock;

/** What happens without the agent: SIGTERM at the notice, SIGKILL where that was not enough. */
final class ControlRun {

    /** Clients keep asking for so long after the notice, to see what they are answered. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(2);

    private static final Duration END_BOUND = Duration.ofMinutes(2);

    private final Workplace workplace;

    ControlRun(Workplace workplace) {
        this.workplace = workplace;
    }

    RunReport run(Scenario scenario) throws IOException, InterruptedException {
        NodeClock clock = NodeClock.system();
        try (LlamaServer server = workplace.startServer(scenario);
                var load = new LoadGenerator(
                        workplace.load(scenario, workplace.tokensPerSecond(server.url()), server.url()))) {
            load.start();
            workplace.awaitSteadyLoad(scenario, load);
            server.terminate();
            clock.sleep(AFTERWARDS);
            load.stop();
            load.awaitEnd(END_BOUND);
            return report(scenario, load.table(), server.isAlive());
        }
    }

    private static RunReport report(Scenario scenario, FateTable table, boolean hung) {
        int lost = table.count(Verdict.LOST);
        return new RunReport(scenario, table, List.of(
                new Check("without the agent requests are lost", lost > 0, lost + " lost"
                        + (hung ? ", and the server had not ended before SIGKILL" : ""))));
    }
}
