// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.api.ApiServer;
import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.api.OperatorActions;
import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.conditions.ConditionLog;
import dev.lastcall.agent.conditions.ConditionMetrics;
import dev.lastcall.agent.conditions.FaultReporter;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.files.StateDirectoryLock;
import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.kubernetes.ApiServerUrl;
import dev.lastcall.agent.lifecycle.CloseStack;
import dev.lastcall.agent.lifecycle.EventLoops;
import dev.lastcall.agent.models.WarmModels;
import dev.lastcall.agent.notices.Notices;
import dev.lastcall.agent.notices.OperatorCommands;
import dev.lastcall.agent.outbound.Cluster;
import dev.lastcall.agent.outbound.ExternalNotifiers;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.servers.GateListeners;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.agent.servers.PreStopWaiter;
import dev.lastcall.agent.servers.ServerDiscoveryLoop;
import dev.lastcall.agent.servers.ServerFactory;
import dev.lastcall.agent.servers.ServerMeters;
import dev.lastcall.agent.servers.ServerRegistry;
import dev.lastcall.agent.servers.UnitRelease;
import dev.lastcall.agent.status.NodeConditions;
import dev.lastcall.agent.status.ProtectionMonitor;
import dev.lastcall.agent.status.ServiceStatus;
import dev.lastcall.agent.status.StatusReporter;
import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.agent.systemd.Watchdog;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.http.WebClientTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running agent: it makes every part and hands each part what it needs. {@link GracefulShutdown} decides what it
 * does when the process gets a stop signal. Thread-safe.
 */
public final class Agent implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final AgentConfig config;
    private final NodeClock clock;
    private final ServiceManager manager;
    private final CloseStack closing;
    private final EventLoops loops;
    private final FaultReporter faults;
    private final ConditionBoard conditions = new ConditionBoard();
    private final ServerRegistry servers = new ServerRegistry();
    private final Drains drains;
    private final ExternalNotifiers external;
    private final Notices notices;
    private final OperatorCommands commands;
    private final ServerDiscoveryLoop discovery;
    private final ProtectionMonitor protection;
    private final Optional<WarmModels> models;
    private final StatusReporter status;
    private final ApiServer api;
    private final ServiceStatus service;
    private final GateListeners listeners;

    /** Makes every part and opens nothing to others; what it opens is on {@code closing} at once. */
    private Agent(AgentConfig config, String version, NodeClock clock, OperatingSystem system, ServiceManager manager,
            CloseStack closing) throws IOException {
        this.config = config;
        this.clock = clock;
        this.manager = manager;
        this.closing = closing;
        DrainSettings settings = config.drain();
        Metrics metrics = new Metrics(version);
        metrics.started(clock.wallTime());
        conditions.addListener(new ConditionLog());
        conditions.addListener(new ConditionMetrics(metrics, conditions));
        faults = new FaultReporter(conditions, metrics, clock);

        loops = closing.push("event loops", new EventLoops());
        WebClientTransport transport = closing.push("metadata client", new WebClientTransport(loops.vertx(), clock));
        LocalHttp http = closing.push("server client", new LocalHttp(loops.vertx()));
        KindRecognizer recognizer = new KindRecognizer(http);
        ServerFactory factory = closing.push("server kinds",
                new ServerFactory(http, recognizer, loops.gates(), clock, faults,
                        ApiServerUrl.inCluster(System.getenv()).isPresent()));
        closing.push("servers", servers);
        drains = closing.push("drains", new Drains(List.of(), settings, clock,
                DrainStore.open(config.stateDirectory(), Path.of("/proc"), clock)));
        external = closing.push("external notifiers", ExternalNotifiers.of(config,
                new Cluster.Parts(loops.vertx(), http, recognizer, clock, faults, settings.policy()),
                pod -> servers.add(factory.ofPod(pod.server(), pod.url(), pod.app())), servers::remove));
        notices = closing.push("notices", new Notices(config, transport, drains,
                new Notices.Outside(external.ahead(), external.listeners(), external.sources()),
                manager.runtimeDirectory(), metrics, clock, faults));
        commands = notices.commands(system);
        join(new ServerMeters(metrics, drains));
        for (ServerSettings server : config.servers()) {
            servers.add(factory.configured(server, config.drain()));
        }
        discovery = closing.push("server discovery", new ServerDiscoveryLoop(new ServerDiscovery(recognizer),
                config.servers().isEmpty() && !external.hasCluster() ? config.discoveryPorts() : List.of(), clock,
                found -> servers.add(factory.found(found)), faults));

        new NodeConditions(notices.board(), drains, servers::all, clock)
                .register(conditions, notices.sources()::isWatching, !external.hasCluster());
        notices.sources().report(conditions);
        external.report(conditions);
        external.measure(metrics);
        factory.report(conditions);
        protection = closing.push("protection",
                new ProtectionMonitor(config, servers, drains, conditions, faults, clock));
        models = config.models().isEmpty()
                ? Optional.empty()
                : Optional.of(closing.push("models", new WarmModels(config.models(), config.cache(),
                        config.readiness() == AgentConfig.Readiness.MODELS, clock,
                        () -> !config.drain().dryRun() && reclamation().isPresent(), metrics, faults, conditions)));
        ModelAdmin modelAdmin = models.<ModelAdmin>map(made -> made).orElse(ModelAdmin.NONE);
        status = new StatusReporter(version, config.drain().dryRun(), clock, notices.board(), drains, servers::all,
                notices.sources(), modelAdmin, conditions);
        api = closing.push("api", new ApiServer(loops.vertx(), config.api(), status, commands, modelAdmin,
                new PreStopWaiter(servers::all, drains::snapshots, clock), metrics));
        service = closing.push("service status", new ServiceStatus(manager, status, clock, faults));
        listeners = new GateListeners(manager, servers::all, clock);
    }

    /** Servers that come have meters, are drained, and their drains are reported to those outside. */
    private void join(ServerMeters meters) {
        servers.addListener(meters);
        servers.addListener(new ServerRegistry.Listener() {
            @Override
            public void added(LocalServer server) {
                drains.add(server.server());
            }

            @Override
            public void removed(String name) {
                drains.remove(name);
            }
        });
        drains.addListener(meters);
        drains.addListener(external::on);
        drains.addConfirmListener(external::confirmed);
        drains.addListener(transition -> UnitRelease.on(transition, servers.all()));
    }

    /**
     * Makes an agent and starts it, without a service manager.
     *
     * @throws IOException if an address cannot be had; the message says which, and nothing is left running
     */
    public static Agent start(AgentConfig config, String version, NodeClock clock) throws IOException {
        return start(config, version, clock, OperatingSystem.current(), ServiceManager.NONE);
    }

    /** As {@link #start(AgentConfig, String, NodeClock)}, as a service of {@code manager}, which is notified when it is ready. */
    static Agent start(AgentConfig config, String version, NodeClock clock, OperatingSystem system,
            ServiceManager manager) throws IOException {
        CloseStack closing = new CloseStack();
        try {
            closing.push("state directory", StateDirectoryLock.take(config.stateDirectory()));
            Agent agent = new Agent(config, version, clock, system, manager, closing);
            agent.start();
            return agent;
        } catch (IOException | RuntimeException | Error failed) {
            closing.close();
            throw failed;
        }
    }

    private void start() throws IOException {
        // The doors of a drain that goes on are closed before the first client comes and before any source looks.
        Optional<Reclamation> resumed = drains.resume();
        notices.resume(resumed);
        if (resumed.isEmpty()) {
            UnitRelease.start(servers.all());
        }
        listeners.listen();
        external.open(resumed.isPresent(),
                () -> models.stream().flatMap(made -> made.models().stream()).allMatch(ModelView::isWarm),
                notices.sources());
        api.open(why -> conditions.raise(Condition.of(ConditionCode.NO_CONTROL_SOCKET, "api.socket",
                "could not be opened: " + why)));
        notices.start();
        discovery.start();
        protection.start();
        models.ifPresent(WarmModels::start);
        log.atInfo()
                .addKeyValue("api", config.api().listen().host() + ":" + api.port())
                .addKeyValue("servers", servers.all().size())
                .addKeyValue("dryRun", config.drain().dryRun())
                .log("ready");
        closing.push("watchdog", Watchdog.start(manager, parts(), clock, faults));
        service.ready();
    }

    /** What must not come to a halt, for the watchdog. */
    private List<Watchdog.Part> parts() {
        List<Watchdog.Part> parts = new ArrayList<>(loops.parts());
        parts.add(new Watchdog.Part("notice board and drains", task -> Thread.ofVirtual().name("pulse").start(() -> {
            // A board or a drain whose lock is never given back keeps this from being made.
            var _ = status.get();
            if (notices.isTicking()) {
                task.run();
            }
        })));
        return parts;
    }

    /** What the agent sees and does now. */
    public StatusView status() {
        return status.get();
    }

    /** Takes an operator's commands. */
    public OperatorActions commands() {
        return commands;
    }

    /** The port of the HTTP API, which matters where the configured one is 0. */
    public int apiPort() {
        return api.port();
    }

    /**
     * The port of a server's gate, which matters where the configured one is 0.
     *
     * @throws IllegalArgumentException if that server has no gate
     */
    public int gatePort(String server) {
        return servers.gate(server)
                .map(Gate::port)
                .orElseThrow(() -> new IllegalArgumentException("no gate before a server called " + server));
    }

    /** What the drains work to: the active final notice, or a withdrawn one after which no door opens again. */
    Optional<Reclamation> reclamation() {
        return notices.reclamation();
    }

    /** When the drains that are on are over at the latest; empty where none is on. */
    Optional<Deadline> drainDeadline() {
        return drains.deadline();
    }

    /** Posts the operating system's shutdown as a notice. */
    void postShutdownNotice() {
        commands.raiseShutdown();
    }

    /** Waits until every drain is over; false if {@code bound} went by first. */
    boolean awaitDrained(Duration bound) throws InterruptedException {
        return drains.awaitDone(bound);
    }

    /** Lets what is in flight through the gates finish, as {@link GateListeners#retire} says; the servers are left as they are. */
    OptionalInt retireGates(Duration bound, boolean another, BooleanSupplier noticed) throws InterruptedException {
        return listeners.retire(bound, another, noticed);
    }

    /** The end begins, and may take its time. */
    void ending() {
        service.ending();
    }

    /** Ends everything the agent runs; the servers stay as they are. Idempotent; takes some seconds at most. */
    @Override
    public void close() {
        closing.close();
    }
}
