// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.api.ApiServer;
import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.api.OperatorActions;
import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ServerConfig;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.files.StateDirectoryLock;
import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.gate.GateLoops;
import dev.lastcall.agent.models.WarmModels;
import dev.lastcall.agent.notices.BoardPrewarm;
import dev.lastcall.agent.notices.NoticeConfirmation;
import dev.lastcall.agent.notices.NoticeDispatchOrder;
import dev.lastcall.agent.notices.NoticeLog;
import dev.lastcall.agent.notices.NoticeSources;
import dev.lastcall.agent.notices.OperatorCommands;
import dev.lastcall.agent.notices.TerminationMarkerFile;
import dev.lastcall.agent.outbound.Cluster;
import dev.lastcall.agent.outbound.ExternalNotifiers;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.servers.GateListeners;
import dev.lastcall.agent.servers.InFlightSampler;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.agent.servers.PreStopWaiter;
import dev.lastcall.agent.servers.ServerDiscoveryLoop;
import dev.lastcall.agent.servers.ServerFactory;
import dev.lastcall.agent.servers.UnitRelease;
import dev.lastcall.agent.status.MeterBinding;
import dev.lastcall.agent.status.ProtectionMonitor;
import dev.lastcall.agent.status.ServiceStatus;
import dev.lastcall.agent.status.StatusReporter;
import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.agent.systemd.Watchdog;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.BoardTicker;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.generic.ManualNotice;
import dev.lastcall.metadata.http.WebClientTransport;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running agent: it makes every part and hands each part what it needs. {@link GracefulShutdown} decides what it
 * does when the process gets a stop signal. Thread-safe.
 */
public final class Agent implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    /** One loop carries thousands of streams; the node's cores belong to the server. */
    private static final int GATE_THREADS = 1;

    private static final int VERTX_WORKERS = 1;

    /** Vert.x would look every second whether its loop is blocked: a twentieth of what an idle agent may cost. */
    private static final Duration BLOCKED_CHECK = Duration.ofSeconds(30);

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

    private final AgentConfig config;
    private final NodeClock clock;
    private final Vertx vertx;
    private final EventLoopGroup loops = GateLoops.create(GATE_THREADS);
    private final WebClientTransport transport;
    private final LocalHttp http;
    private final ServerFactory factory;
    private final List<LocalServer> servers = new CopyOnWriteArrayList<>();
    private final Drains drains;
    private final NoticeBoard board;
    private final BoardTicker ticker;
    private final ExternalNotifiers externalNotifiers;
    private final NoticeConfirmation confirmation;
    private final NoticeSources sources;
    private final ServerDiscoveryLoop seeker;
    private final MeterBinding meters;
    private final StatusReporter status;
    private final OperatorCommands operatorCommands;
    private final Optional<WarmModels> models;
    private final ApiServer api;
    private final ServiceManager manager;
    private final ServiceStatus service;
    private final GateListeners listeners;
    private final TerminationMarkerFile mark;
    private final ProtectionMonitor protection;
    private final StateDirectoryLock lock;
    private volatile Watchdog watchdog = Watchdog.start(ServiceManager.NONE, List.of(), NodeClock.system(),
            LoopObserver.NONE);

    private Agent(AgentConfig config, String version, NodeClock clock, OperatingSystem system, ServiceManager manager,
            StateDirectoryLock lock) throws IOException {
        this.lock = lock;
        this.config = config;
        this.clock = clock;
        this.manager = manager;
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)
                .setWorkerPoolSize(VERTX_WORKERS)
                .setInternalBlockingPoolSize(VERTX_WORKERS)
                .setBlockedThreadCheckInterval(BLOCKED_CHECK.toMillis())
                // Else each process that is killed leaves a folder in /tmp; nothing of the agent is in a class path for Vert.x.
                .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false))
                .setPreferNativeTransport(true));
        Metrics metrics = new Metrics(version);
        metrics.started(clock.wallTime());
        protection = new ProtectionMonitor(config, () -> servers, this::isDraining, metrics, clock);
        LoopObserver faults = protection.faults();
        transport = new WebClientTransport(vertx, clock);
        http = new LocalHttp(vertx);
        KindRecognizer recognizer = new KindRecognizer(http);
        factory = new ServerFactory(http, recognizer, loops, clock, faults);
        for (ServerConfig server : config.servers()) {
            servers.add(factory.configured(server, config.drain()));
        }
        DrainStore ledger = DrainStore.open(config.stateDirectory(), Path.of("/proc"), clock);
        drains = new Drains(servers.stream().map(LocalServer::server).toList(), ServerFactory.drain(config.drain()),
                clock,
                ledger);
        NoticeLog noticeLog = new NoticeLog(metrics, clock);
        externalNotifiers = ExternalNotifiers.of(config,
                new Cluster.Parts(vertx, http, recognizer, clock, faults, ServerFactory.drain(config.drain()).policy()),
                pod -> add(new LocalServer(pod.server(), pod.url(), Optional.empty(),
                        new InFlightSampler(pod.server().name(), pod.server().probe(), false, clock, faults),
                        pod.app())),
                this::remove);
        mark = new TerminationMarkerFile(config.drain().dryRun() ? Optional.empty() : manager.runtimeDirectory(),
                config.drain().reopen());
        board = new NoticeBoard(clock,
                NoticeDispatchOrder.inOrder(mark, drains, externalNotifiers.ahead(), externalNotifiers.listeners(),
                        noticeLog),
                List.of(noticeLog), faults);
        meters = new MeterBinding(metrics, board, clock);
        externalNotifiers.measure(metrics);
        confirmation = new NoticeConfirmation(board, drains, clock);
        sources = new NoticeSources(config, transport, Path.of("/"), clock, board, confirmation, meters::source,
                faults);
        ticker = new BoardTicker(board, clock, sources::lookNow);
        seeker = new ServerDiscoveryLoop(new ServerDiscovery(recognizer),
                config.servers().isEmpty() && !externalNotifiers.hasCluster() ? config.discovery().ports() : List.of(),
                clock,
                found -> add(factory.found(found)), faults);
        operatorCommands = new OperatorCommands(board, drains, mark, config.notices(), system, clock);
        protection.watch(board, drains, sources::isWatching, !externalNotifiers.hasCluster());
        sources.report(protection.board());
        externalNotifiers.report(protection.board());
        factory.report(protection.board());
        servers.forEach(configured -> protection.poll(configured));
        models = config.models().isEmpty()
                ? Optional.empty()
                : Optional.of(new WarmModels(config, clock, () -> !config.drain().dryRun() && reclamation().isPresent(),
                        metrics, faults, protection.board()));
        ModelAdmin modelAdmin = models.<ModelAdmin>map(made -> made).orElse(ModelAdmin.NONE);
        status = new StatusReporter(version, config.drain().dryRun(), clock, board, drains, () -> servers, sources,
                modelAdmin, protection.board());
        api = new ApiServer(vertx, config.api(), status, operatorCommands, modelAdmin,
                new PreStopWaiter(() -> servers, drains::snapshots, clock), metrics);
        service = new ServiceStatus(manager, status, clock, faults);
        listeners = new GateListeners(manager, () -> servers, clock);
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
        StateDirectoryLock lock = StateDirectoryLock.take(config.stateDirectory());
        Optional<Agent> made = Optional.empty();
        try {
            Agent agent = new Agent(config, version, clock, system, manager, lock);
            made = Optional.of(agent);
            agent.start();
            return agent;
        } catch (IOException | RuntimeException failed) {
            made.ifPresentOrElse(Agent::close, lock::close);
            throw failed;
        }
    }

    private void start() throws IOException {
        drains.addListener(meters);
        drains.addListener(transition -> approveWhenDrained());
        drains.addListener(externalNotifiers::on);
        drains.addConfirmListener(externalNotifiers::confirmed);
        drains.addListener(transition -> UnitRelease.on(transition, servers));
        for (LocalServer server : servers) {
            meters.server(server, drains);
            server.watch().start();
        }
        // The doors of a drain that goes on are closed before the first client comes and before any source looks.
        Optional<Reclamation> resumed = drains.resume();
        mark.begin(resumed.isPresent());
        resumed.ifPresentOrElse(board::restore, () -> UnitRelease.start(servers));
        resumed.ifPresent(confirmation::resumed);
        listeners.listen();
        externalNotifiers.open(resumed.isPresent(),
                () -> models.stream().flatMap(made -> made.models().stream()).allMatch(ModelView::isWarm),
                sources);
        api.openTcp();
        try {
            api.openSocket();
        } catch (IOException withoutSocket) {
            protection.board()
                    .raise(Condition.of(ConditionCode.NO_CONTROL_SOCKET, "api.socket",
                            "could not be opened: " + withoutSocket.getMessage()));
        }
        rehearse();
        ticker.start();
        sources.start();
        seeker.start();
        protection.start();
        models.ifPresent(WarmModels::start);
        log.atInfo()
                .addKeyValue("api", config.api().listen().host() + ":" + api.port())
                .addKeyValue("servers", servers.size())
                .addKeyValue("dryRun", config.drain().dryRun())
                .log("ready");
        watchdog = Watchdog.start(manager, parts(), clock, protection.faults());
        service.ready();
    }

    /** Off the way of the start. */
    private void rehearse() {
        List<NoticeEvent.Listener> hearers = new ArrayList<>(externalNotifiers.listeners());
        hearers.add(drains);
        Thread.ofVirtual().name("rehearsal").start(() -> BoardPrewarm.run(clock, hearers));
    }

    /** What must not stand still, for the watchdog. */
    private List<Watchdog.Part> parts() {
        List<Watchdog.Part> parts = new ArrayList<>();
        loops.forEach(loop -> parts.add(new Watchdog.Part("gate loop", loop)));
        parts.add(new Watchdog.Part("metadata and api loop", task -> vertx.runOnContext(ran -> task.run())));
        parts.add(new Watchdog.Part("notice board and drains", task -> Thread.ofVirtual().name("pulse").start(() -> {
            // A board or a drain whose lock is never given back keeps this from being made.
            var _ = status.get();
            if (ticker.isTicking()) {
                task.run();
            }
        })));
        return parts;
    }

    private void add(LocalServer found) {
        servers.add(found);
        meters.server(found, drains);
        found.watch().start();
        drains.add(found.server());
    }

    private void remove(String name) {
        servers.stream().filter(local -> local.server().name().equals(name)).toList().forEach(gone -> {
            servers.remove(gone);
            gone.watch().close();
        });
        drains.remove(name);
        meters.remove(name);
    }

    private boolean isDraining(String server) {
        return drains.snapshots()
                .stream()
                .anyMatch(drain -> drain.server().equals(server) && drain.phase() != Phase.OPEN);
    }

    private void approveWhenDrained() {
        if (config.drain().dryRun()) {
            // Nothing was drained, and an approved event starts at once.
            return;
        }
        boolean idle = drains.snapshots().stream().allMatch(drain -> drain.phase() == Phase.STOPPED);
        if (idle && sources.approvesWhenIdle()) {
            board.reclamation().ifPresent(standing -> sources.approve(standing.notice().key()));
        }
    }

    /** What the agent sees and does now. */
    public StatusView status() {
        return status.get();
    }

    /** Takes an operator's word. */
    public OperatorActions desk() {
        return operatorCommands;
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
        return servers.stream()
                .filter(local -> local.server().name().equals(server))
                .findFirst()
                .flatMap(LocalServer::gate)
                .map(Gate::port)
                .orElseThrow(() -> new IllegalArgumentException("no gate before a server called " + server));
    }

    /** What the drains work to: the standing final notice, or a withdrawn one after which no door opens again. */
    Optional<Reclamation> reclamation() {
        return board.reclamation().or(drains::standing);
    }

    /** When the drains that are on are over at the latest; empty where none is on. */
    Optional<Deadline> drainDeadline() {
        return drains.deadline();
    }

    /** Posts the operating system's shutdown as a notice. */
    void postShutdownNotice(Duration window) {
        ManualNotice.shutdown(board, clock).raise(window, "the operating system is shutting down");
        drains.confirm(Optional.of(Deadline.in(window, clock)));
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
        watchdog.close();
        protection.close();
        service.close();
        models.ifPresent(WarmModels::close);
        seeker.close();
        sources.close();
        externalNotifiers.close();
        ticker.close();
        factory.close();
        drains.close();
        servers.forEach(server -> {
            server.watch().close();
            server.gate().ifPresent(Gate::shutdown);
        });
        api.close();
        transport.close();
        http.close();
        loops.shutdownGracefully(0, CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_BOUND.toMillis());
        try {
            vertx.close().await(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception late) {
            log.atDebug().setCause(late).log("sockets left open at the end");
        }
        lock.close();
    }
}
