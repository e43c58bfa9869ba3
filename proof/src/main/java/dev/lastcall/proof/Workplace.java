// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.demo.load.Fate;
import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.LoadPlan;
import dev.lastcall.agent.demo.load.Verdict;

/**
 * Where the runs happen.
 *
 * @param directory holds every log, configuration and state of the runs
 * @param llama the script that becomes a llama-server
 * @param agent the command that is the agent, such as {@code ./lastcall}
 * @param streaming clients that ask for streams
 * @param plain clients that ask for whole answers
 */
record Workplace(Path directory, Path llama, List<String> agent, int streaming, int plain) {

    /** A request without a byte for so long, and three times what it should take as a whole, has hung. */
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int SAMPLE_TOKENS = 24;
    private static final Duration STEADY_BOUND = Duration.ofMinutes(2);

    /** A folder of its own for one run. */
    Path folder(Scenario scenario) throws IOException {
        return Files.createDirectories(directory.resolve(scenario.name()));
    }

    LlamaServer startServer(Scenario scenario) throws IOException, InterruptedException {
        return LlamaServer.start(llama, streaming + plain, folder(scenario).resolve("llama-server.log"));
    }

    /**
     * The load of a scenario.
     *
     * @param rate what one client gets of the server, in tokens per second: requests are sized by it
     * @param endpoint where the clients send their requests: the server, or the gate before it
     */
    LoadPlan load(Scenario scenario, double rate, URI endpoint) {
        int fewest = Math.max(1, (int) (rate * scenario.shortest().toSeconds()));
        int most = Math.max(fewest, Math.min(LlamaServer.MOST_TOKENS, (int) (rate * scenario.longest().toSeconds())));
        return LoadPlan.against(endpoint.resolve("/v1/completions"), streaming, plain)
                .withTokens(fewest, most)
                .withSilence(SILENCE.plus(scenario.longest().multipliedBy(3)));
    }

    /** How many tokens one of all these clients gets in a second while all of them ask. */
    double tokensPerSecond(URI server) throws InterruptedException {
        LoadPlan plan = LoadPlan.against(server.resolve("/v1/completions"), streaming, plain)
                .withTokens(SAMPLE_TOKENS, SAMPLE_TOKENS);
        try (var load = new LoadGenerator(plan)) {
            load.start();
            Await.until("the server's speed was measured", STEADY_BOUND,
                    () -> load.endings().size() >= 3 * (streaming + plain));
            load.stop();
            load.awaitEnd(STEADY_BOUND);
            long[] nanos = load.endings()
                    .stream()
                    .filter(requestOutcome -> requestOutcome.fate() == Fate.COMPLETE)
                    .mapToLong(requestOutcome -> requestOutcome.endedNanos() - requestOutcome.sentNanos())
                    .sorted()
                    .toArray();
            if (nanos.length == 0) {
                throw new IllegalStateException("no request was complete before the run: " + load.table().details());
            }
            return SAMPLE_TOKENS * 1e9 / nanos[nanos.length / 2];
        }
    }

    /** Waits until answers flow; a notice to an idle server would prove nothing. */
    void awaitSteadyLoad(Scenario scenario, LoadGenerator load) throws InterruptedException {
        int clients = streaming + plain;
        boolean quick = scenario.longest().compareTo(scenario.window()) < 0;
        Await.until(quick ? "each client has had an answer" : "each client has a request in flight", STEADY_BOUND,
                () -> quick ? load.table().count(Verdict.COMPLETE) >= clients : load.inFlight() >= clients);
        if (load.table().count(Verdict.LOST) > 0) {
            throw new IllegalStateException("requests were lost before the notice: " + load.table().details());
        }
    }
}
