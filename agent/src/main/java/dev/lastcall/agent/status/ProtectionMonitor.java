// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionLog;
import dev.lastcall.agent.conditions.ConditionMetrics;
import dev.lastcall.agent.conditions.ConditionMonitor;
import dev.lastcall.agent.conditions.FaultReporter;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.permissions.PermissionCheck;
import dev.lastcall.agent.permissions.PermissionMonitor;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.agent.servers.ServerHealthMonitor;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;

/**
 * Keeps up to date whether this node is protected: what the agent watches, what it may do, and whether the configured servers
 * answer. All of it ends on one {@link ConditionBoard}. Thread-safe.
 */
public final class ProtectionMonitor implements AutoCloseable {

    private final AgentConfig config;
    private final NodeClock clock;
    private final ConditionBoard board = new ConditionBoard();
    private final FaultReporter faults;
    private final ConditionMonitor monitor;
    private final List<ServerHealthMonitor> healths = new ArrayList<>();
    private final PermissionMonitor rights;
    private final Supplier<List<LocalServer>> servers;
    private final Predicate<String> draining;

    /**
     * @param servers those that are known by now
     * @param draining whether a drain of the server with this name is on, or has stopped it; asked from {@link #start} on
     */
    public ProtectionMonitor(AgentConfig config, Supplier<List<LocalServer>> servers, Predicate<String> draining,
            Metrics metrics,
            NodeClock clock) {
        this.draining = draining;
        this.config = config;
        this.servers = servers;
        this.clock = clock;
        board.addListener(new ConditionLog());
        board.addListener(new ConditionMetrics(metrics, board));
        faults = new FaultReporter(board, metrics, clock);
        monitor = new ConditionMonitor(board, faults, clock);
        rights = new PermissionMonitor(() -> PermissionCheck.missing(config, stoppers()), board, clock, faults);
    }

    /** Where the conditions are raised and read. */
    public ConditionBoard board() {
        return board;
    }

    /** Takes the faults of the agent's parts. */
    public LoopObserver faults() {
        return faults;
    }

    /**
     * Watches what follows from the agent's parts.
     *
     * @param watching whether every source that there will be is on the notice board
     * @param serversExpected whether a node without a server is out of order
     */
    public void watch(NoticeBoard notices, Drains drains, BooleanSupplier watching, boolean serversExpected) {
        new NodeConditions(notices, drains, servers, clock).register(board, watching, serversExpected);
    }

    /** Polls a configured server's health from {@link #start} on. */
    public void poll(LocalServer local) {
        String name = local.server().name();
        healths.add(new ServerHealthMonitor(name, local.server().health(), local.server().stopper()::isRunning,
                () -> draining.test(name),
                board, clock, faults));
    }

    /** Begins. Called once. */
    public void start() {
        rights.start();
        monitor.start();
        healths.forEach(ServerHealthMonitor::start);
    }

    /** Of a dry run nothing is asked that it would not do, and a server that a drain has stopped need not be stopped again. */
    private Map<String, Stopper> stoppers() {
        Map<String, Stopper> stoppers = new LinkedHashMap<>();
        if (!config.drain().dryRun()) {
            servers.get()
                    .stream()
                    .filter(local -> !draining.test(local.server().name()))
                    .forEach(local -> stoppers.put(local.server().name(), local.server().stopper()));
        }
        return stoppers;
    }

    @Override
    public void close() {
        rights.close();
        monitor.close();
        healths.forEach(ServerHealthMonitor::close);
    }
}
