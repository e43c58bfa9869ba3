// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.demo.load.Fate;
import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.LoadPlan;
import dev.lastcall.agent.demo.load.RequestOutcome;
import dev.lastcall.agent.demo.load.Verdict;
import org.awaitility.Awaitility;

/** Clients that ask without pause, and the table of what became of their requests. */
final class Traffic implements AutoCloseable {

    private static final int STREAMING = 6;
    private static final int PLAIN = 3;
    private static final int FEWEST_TOKENS = 20;
    private static final int MOST_TOKENS = 80;
    private static final Duration SILENCE = Duration.ofSeconds(90);
    private static final Duration BOUND = Duration.ofMinutes(2);

    private final LoadGenerator load;

    private Traffic(LoadGenerator load) {
        this.load = load;
    }

    /** Begins, and returns once each client has had an answer. */
    static Traffic on(URI gate) {
        return on(gate, () -> true);
    }

    /** As {@link #on(URI)}, from clients who are sent elsewhere while {@code routed} says no. */
    static Traffic on(URI gate, BooleanSupplier routed) {
        var load = new LoadGenerator(LoadPlan.against(gate.resolve("/v1/completions"), STREAMING, PLAIN)
                .withTokens(FEWEST_TOKENS, MOST_TOKENS)
                .withSilence(SILENCE)
                .withRouted(routed));
        load.start();
        var traffic = new Traffic(load);
        traffic.awaitComplete(STREAMING + PLAIN);
        return traffic;
    }

    /** Waits until so many more requests are complete. */
    void awaitComplete(int more) {
        int wanted = count(Verdict.COMPLETE) + more;
        Awaitility.await("requests are answered").atMost(BOUND).until(() -> count(Verdict.COMPLETE) >= wanted);
    }

    /** Waits until so many requests have been refused. */
    void awaitRefused(int wanted) {
        Awaitility.await("the door is closed").atMost(BOUND).until(() -> count(Verdict.REFUSED) >= wanted);
    }

    int count(Verdict verdict) {
        return load.table().count(verdict);
    }

    int inFlight() {
        return load.inFlight();
    }

    /** Requests that were sent after {@code nanos} and let in. */
    List<RequestOutcome> letInAfter(long nanos) {
        return load.endings()
                .stream()
                .filter(requestOutcome -> requestOutcome.sentNanos() > nanos && requestOutcome.fate() != Fate.REFUSED)
                .toList();
    }

    /** Ends it and prints the table. */
    FateTable end(String title) throws InterruptedException {
        load.stop();
        load.awaitEnd(BOUND);
        FateTable table = load.table();
        // The report of the tests is where a proof's tables belong.
        PrintStream report = System.out;
        report.println("\n" + title);
        table.lines().forEach(report::println);
        return table;
    }

    @Override
    public void close() {
        load.close();
    }
}
