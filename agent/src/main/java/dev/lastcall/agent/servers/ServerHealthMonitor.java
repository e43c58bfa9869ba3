// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.server.HealthProbe;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.ServerHealth;
import dev.lastcall.agent.server.ServerHealthMachine;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;

/**
 * Polls whether one configured server can be reached, and reports when it is down or starting. While a drain is on, or after
 * it has stopped the server, nothing is polled: the drain owns the server then. Thread-safe.
 */
public final class ServerHealthMonitor implements AutoCloseable {

    /** While the server is up. */
    static final Duration CALM = Duration.ofSeconds(10);

    /** While it is not, so that a person sees soon that it is back. */
    static final Duration ALERT = Duration.ofSeconds(4);

    private static final Duration POLL_BOUND = Duration.ofSeconds(2);

    private final String server;
    private final HealthProbe probe;
    private final BooleanSupplier processRuns;
    private final BooleanSupplier draining;
    private final ConditionBoard board;
    private final NodeClock clock;
    private final SupervisedLoop loop;
    private volatile ServerHealthMachine state = ServerHealthMachine.NEW;

    /**
     * @param processRuns whether the server's process is known to run; may block for a second or two
     * @param draining whether a drain is on or has stopped the server
     */
    public ServerHealthMonitor(String server, HealthProbe probe, BooleanSupplier processRuns, BooleanSupplier draining,
            ConditionBoard board, NodeClock clock, LoopObserver loops) {
        this.server = server;
        this.probe = probe;
        this.processRuns = processRuns;
        this.draining = draining;
        this.board = board;
        this.clock = clock;
        this.loop = new SupervisedLoop("health-" + server, clock, loops, () -> {
            poll();
            return SupervisedLoop.Next.after(state.failures() == 0 ? CALM : ALERT);
        });
    }

    /** Begins. Called once. */
    public void start() {
        loop.start();
    }

    /** What the polls show by now. */
    public ServerHealth health() {
        return state.health();
    }

    private void poll() {
        if (draining.getAsBoolean()) {
            state = ServerHealthMachine.NEW;
        } else {
            HealthReading reading = read();
            boolean runs = !(reading instanceof HealthReading.Answered) && processRuns.getAsBoolean();
            state = state.after(reading, runs, clock.nanoTime());
        }
        report(state.health());
    }

    private HealthReading read() {
        try {
            return probe.read(POLL_BOUND);
        } catch (RuntimeException fault) {
            return new HealthReading.Silent("the poll failed: " + fault);
        }
    }

    private void report(ServerHealth health) {
        switch (health) {
            case ServerHealth.Unknown _,ServerHealth.Up _ -> {
                board.clear(ConditionCode.SERVER_DOWN, server);
                board.clear(ConditionCode.SERVER_STARTING, server);
            }
            case ServerHealth.Starting(String reason) -> {
                board.clear(ConditionCode.SERVER_DOWN, server);
                board.raise(Condition.of(ConditionCode.SERVER_STARTING, server, "does not serve yet: " + reason));
            }
            case ServerHealth.Down(String reason) -> {
                board.clear(ConditionCode.SERVER_STARTING, server);
                board.raise(Condition.of(ConditionCode.SERVER_DOWN, server, "does not answer: " + reason));
            }
        }
    }

    @Override
    public void close() {
        loop.close();
        board.clear(ConditionCode.SERVER_DOWN, server);
        board.clear(ConditionCode.SERVER_STARTING, server);
    }
}
