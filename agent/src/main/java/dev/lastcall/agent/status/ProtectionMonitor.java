// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionMonitor;
import dev.lastcall.agent.conditions.FaultReporter;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.permissions.PermissionCheck;
import dev.lastcall.agent.permissions.PermissionMonitor;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.agent.servers.ServerHealthMonitor;
import dev.lastcall.agent.servers.ServerRegistry;
import dev.lastcall.metadata.NodeClock;

/**
 * Keeps up to date whether this node is protected: what the agent watches, what it may do, and whether the configured servers
 * answer. All of it ends on one {@link ConditionBoard}. Thread-safe.
 */
public final class ProtectionMonitor implements AutoCloseable {

    private final AgentConfig config;
    private final ServerRegistry servers;
    private final Drains drains;
    private final ConditionMonitor conditions;
    private final PermissionMonitor permissions;
    private final List<ServerHealthMonitor> healths;

    /** @param servers of these, those that are there now are polled whether they answer; what the agent may do is asked of all */
    public ProtectionMonitor(AgentConfig config, ServerRegistry servers, Drains drains, ConditionBoard board,
            FaultReporter faults, NodeClock clock) {
        this.config = config;
        this.servers = servers;
        this.drains = drains;
        conditions = new ConditionMonitor(board, faults, clock);
        permissions = new PermissionMonitor(() -> PermissionCheck.missing(config, stoppers()), board, clock, faults);
        healths = servers.all()
                .stream()
                .map(LocalServer::server)
                .map(server -> new ServerHealthMonitor(server.name(),
                        server.health(), server.stopper()::isRunning, () -> isDraining(server.name()), board, clock,
                        faults))
                .toList();
    }

    /** Begins. Called once. */
    public void start() {
        permissions.start();
        conditions.start();
        healths.forEach(ServerHealthMonitor::start);
    }

    /** Whether a drain of that server is on, or has stopped it. */
    private boolean isDraining(String server) {
        return drains.snapshots()
                .stream()
                .anyMatch(drain -> drain.server().equals(server) && drain.phase() != Phase.OPEN);
    }

    /** Of a dry run nothing is asked that it would not do, and a server that a drain has stopped need not be stopped again. */
    private Map<String, Stopper> stoppers() {
        Map<String, Stopper> stoppers = new LinkedHashMap<>();
        if (!config.drain().dryRun()) {
            servers.all()
                    .stream()
                    .map(LocalServer::server)
                    .filter(server -> !isDraining(server.name()))
                    .forEach(server -> stoppers.put(server.name(), server.stopper()));
        }
        return stoppers;
    }

    @Override
    public void close() {
        permissions.close();
        conditions.close();
        healths.forEach(ServerHealthMonitor::close);
    }
}
