// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.proof.Await;

/** One soak, from the start of the agent to the report. */
final class SoakRun {

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(6);
    private static final Duration REOPEN_BOUND = Duration.ofSeconds(12);
    private static final Duration QUIET_BOUND = Duration.ofSeconds(90);
    private static final Duration END_BOUND = Duration.ofSeconds(30);

    private final SoakPlan plan;
    private final int clients;
    private final long seed;
    private final PrintWriter out;
    private final SoakTally tally = new SoakTally();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    SoakRun(SoakPlan plan, int clients, long seed, PrintWriter out) {
        this.plan = plan;
        this.clients = clients;
        this.seed = seed;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @param home the agent's program
     * @param folder for what the agent reads and writes; empty
     */
    SoakReport run(Path home, Path folder) throws IOException, InterruptedException {
        long started = NodeClock.system().nanoTime();
        try (ScriptedServer first = ScriptedServer.start();
                ScriptedServer second = ScriptedServer.start();
                SoakCloud cloud = new SoakCloud(plan.timeline(), folder);
                SoakAgent agent = SoakAgent.start(home, folder, cloud.endpoint(), List.of(first.url(), second.url()));
                DoorWatch doors = new DoorWatch(agent)) {
            Await.until("the doors are open", END_BOUND, doors::allOpen);
            Measurement before = plan.measureAfter() == 0 ? measure(agent, List.of(first, second)) : null;
            begin(agent, doors);
            cloud.begin();
            for (int i = 0; i < plan.cycles().size(); i++) {
                cycle(i + 1, plan.cycles().get(i), cloud, agent, doors);
                if (i + 1 == plan.measureAfter()) {
                    before = measure(agent, List.of(first, second));
                }
            }
            Objects.requireNonNull(before);
            cloud.awaitPosition(plan.length());
            tally.stop();
            Measurement after = measure(agent, List.of(first, second));
            for (Thread thread : threads) {
                if (!thread.join(END_BOUND)) {
                    problems.add("a client did not end");
                }
            }
            if (!agent.isAlive()) {
                problems.add("the agent ended");
            }
            Duration took = Duration.ofNanos(NodeClock.system().nanoTime() - started);
            return new SoakReport(tally, Counts.read(agent), before, after, plan, took, List.copyOf(problems));
        }
    }

    private void begin(SoakAgent agent, DoorWatch doors) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < clients; i++) {
            int port = agent.gates().get(i % agent.gates().size());
            var client = new SoakClient("c" + i, port, random.split(), tally, doors);
            threads.add(Thread.ofVirtual().name("client-" + i).start(client));
        }
    }

    private void cycle(int number, Cycle cycle, SoakCloud cloud, SoakAgent agent, DoorWatch doors)
            throws InterruptedException {
        if (cycle.cuts()) {
            cloud.awaitPosition(cycle.noticeAt().minusSeconds(1));
            pin(number, agent, doors);
            doors.allowCuts(Duration.ofSeconds(1).plus(cycle.window()));
        }
        cloud.awaitPosition(cycle.noticeAt().minusMillis(300));
        doors.setNoticeActive(true);
        cloud.awaitPosition(cycle.noticeAt());
        doors.tookCut();
        if (!Await.within(CLOSE_BOUND, doors::allClosed) && !doors.allClosed()) {
            problems.add("notice " + number + ": a door was open " + CLOSE_BOUND.toSeconds() + " s after it");
        }
        doors.closed();
        Duration closedAfter = cloud.position().minus(cycle.noticeAt());
        cloud.awaitPosition(cycle.goneAt());
        if (!Await.within(REOPEN_BOUND, doors::allOpen)) {
            problems.add("notice " + number + ": a door was closed " + REOPEN_BOUND.toSeconds() + " s after its end");
        }
        doors.setNoticeActive(false);
        boolean cut = doors.tookCut();
        if (cut != cycle.cuts()) {
            problems.add("notice " + number + (cut ? ": cut without need" : ": was not cut"));
        }
        if (agent.hasStopped()) {
            problems.add("notice " + number + ": a server was stopped in spite of the withdrawal");
        }
        Duration reopenedAfter = cloud.position().minus(cycle.goneAt());
        out.printf(Locale.ROOT,
                "%6.1f s  notice %d%s: closed after %.1f s, open again %.1f s after its end; %d whole, %d lost%n",
                cloud.position().toMillis() / 1e3, number, cut ? " with a cut" : "", closedAfter.toMillis() / 1e3,
                reopenedAfter.toMillis() / 1e3, tally.count(End.WHOLE), tally.count(End.LOST));
        out.flush();
    }

    /**
     * Begins streams that reach into the cut, so that no server is idle before it: at each gate one that takes the cut at
     * once, and one that is in the middle of an event, so that the cut is not over before the withdrawal.
     */
    private void pin(int number, SoakAgent agent, DoorWatch doors) {
        for (int port : agent.gates()) {
            for (SoakFault fault : List.of(SoakFault.NONE, SoakFault.STUCK)) {
                var client = new SoakClient("pinned" + number + "-" + port + "-" + fault, port,
                        new SplittableRandom(port),
                        tally, doors);
                threads.add(Thread.ofVirtual().start(() -> client.pin(fault)));
            }
        }
    }

    /** Lets all clients leave, and waits until the gates have let go of the servers too. */
    private Measurement measure(SoakAgent agent, List<ScriptedServer> servers)
            throws IOException, InterruptedException {
        tally.pause(true);
        if (!Await.within(QUIET_BOUND, () -> tally.inFlight() == 0)) {
            problems.add(tally.inFlight() + " requests did not end");
        }
        if (!Await.within(QUIET_BOUND, () -> servers.stream().mapToInt(ScriptedServer::connections).sum() == 0)) {
            problems.add("connections to the servers stay open without a client");
        }
        if (Counts.read(agent).inFlight() != 0) {
            problems.add("the gates have requests in flight without a client");
        }
        var measured = new Measurement(agent.heapKibibytes(), agent.descriptors(), agent.residentKibibytes());
        tally.pause(false);
        return measured;
    }
}
