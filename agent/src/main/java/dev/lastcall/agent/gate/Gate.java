// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.lastcall.agent.gate.tls.ClientTls;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.metadata.NodeClock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The in-path reverse proxy before one server: HTTP/1.1 and WebSocket, streaming both ways. While the door is open it
 * changes nothing that a client can see. {@link #announceClosing} asks routers to go elsewhere; {@link #closeDoor()} closes the
 * door, which is one atomic flag, and not the gate; {@link #shutdown} ends the gate, and with it every stream that goes through it.
 *
 * <p>Thread-safe. {@link #announceClosing}, {@link #closeDoor()}, {@link #openDoor()}, {@link #read} and {@link #counts()} do not block.
 */
public final class Gate implements Door, InFlightProbe, Cutter {

    /** How often a waiting verb looks whether what it waits for has come. */
    private static final Duration LOOK = Duration.ofMillis(5);
    /** An event or a frame that is under way when the cut comes may be finished within this share of the bound. */
    private static final int GENTLE_SHARE = 2;
    /** Clients have so long to see that their connections end, before these are closed. */
    private static final Duration LEAVE_BOUND = Duration.ofSeconds(1);
    /** Longest wait for the event loops to take a task; they never block. */
    private static final Duration SHUTDOWN_BOUND = Duration.ofSeconds(2);

    private final NodeClock clock;
    private final RequestAccounting accounting = new RequestAccounting();
    private final GateLog log;
    private final Map<EventLoop, GateLoop> loops = new LinkedHashMap<>();
    private final GateSettings settings;
    private final EventLoopGroup group;
    private final GateBudget budget;
    private final Optional<ClientTls> tls;
    private volatile @Nullable GateListener listener;
    private volatile @Nullable GateListener probes;

    private Gate(GateSettings settings, NodeClock clock, EventLoopGroup group, GateBudget budget) {
        this.settings = settings;
        this.clock = clock;
        this.group = group;
        this.budget = budget;
        log = new GateLog(settings.upstream(), clock);
        tls = settings.tls().map(files -> new ClientTls(files, settings.protocol() == GateSettings.Protocol.H2C));
        tls.ifPresent(ClientTls::refresh);
        Answers answers = Answers.with(settings.retryAfter());
        for (EventExecutor executor : group) {
            if (executor instanceof EventLoop eventLoop) {
                loops.put(eventLoop, new GateLoop(
                        new GateContext(eventLoop, settings, accounting, clock, answers, log, budget,
                                new RouteDurations(clock.nanoTime()), tls)));
            }
        }
    }

    /**
     * Makes a gate that does not listen yet, so that its door can be closed before the first client comes.
     *
     * @param group event loops to run on, as {@link GateLoops#create} or Vert.x makes them; the caller keeps them
     * @param budget what it may keep for its clients, which all gates of a process share
     * @throws IOException if the server's host name is not known
     */
    public static Gate prepare(GateSettings settings, NodeClock clock, EventLoopGroup group, GateBudget budget)
            throws IOException {
        return new Gate(resolved(settings), clock, group, budget);
    }

    /** The same for the only gate of a process. */
    public static Gate prepare(GateSettings settings, NodeClock clock, EventLoopGroup group) throws IOException {
        return prepare(settings, clock, group, GateBudget.ofProcess());
    }

    /** {@link #prepare} and {@link #listen} in one. */
    public static Gate start(GateSettings settings, NodeClock clock, EventLoopGroup group) throws IOException {
        Gate gate = prepare(settings, clock, group);
        gate.listen();
        return gate;
    }

    /**
     * Treats more paths as probes than the settings name, because it is known by now which server this is. Does not block.
     *
     * @param readiness answered 503 once the door is closed
     * @param liveness always proxied and never counted
     */
    public void treatAsProbes(List<String> readiness, List<String> liveness) {
        loops.forEach((eventLoop, loop) -> eventLoop.execute(() -> loop.treatAsProbes(readiness, liveness)));
    }

    /** TLS towards its clients; none where they come without it. */
    public Optional<ClientTls> tls() {
        return tls;
    }

    /**
     * Begins to take clients. Called once.
     *
     * @throws IOException if it cannot listen
     */
    public void listen() throws IOException {
        begin(bound(server(GateLoops.listener(group), false).bind(settings.listen()), settings.listen()));
    }

    /**
     * As {@link #listen}, on a socket that an earlier process listened on and that systemd has kept.
     *
     * @param descriptor the socket's, which is the gate's from now on
     * @return false if that socket is of no use here; it is closed then, and the gate does not listen yet
     * @throws IOException if it cannot listen
     */
    public boolean listenOn(int descriptor) throws IOException {
        Optional<EpollServerSocketChannel> kept = InheritedListener.take(descriptor, settings.listen(), group);
        if (kept.isEmpty()) {
            return false;
        }
        begin(bound(server(kept::get, false).register(), settings.listen()));
        return true;
    }

    /** The descriptor of the socket it listens on; empty where it does not, or on the JDK's own sockets. */
    public OptionalInt descriptor() {
        GateListener open = listener;
        return open == null ? OptionalInt.empty() : open.descriptor();
    }

    private void begin(GateListener begun) throws IOException {
        listener = begun;
        if (accounting.isClosed() && refuses()) {
            begun.refuse();
        } else {
            // A socket that an earlier process left behind may not listen any more.
            begun.accept();
        }
        InetSocketAddress forProbes = settings.probes().orElse(null);
        if (forProbes != null) {
            probes = bound(server(GateLoops.listener(group), true).bind(forProbes), forProbes);
        }
        log.started(address());
    }

    /**
     * Takes no new connection any more; those that are there go on. For an agent that ends without a notice. Where systemd
     * keeps the socket, new clients wait in it for the next agent. Idempotent.
     */
    public void stopListening() {
        for (GateListener open : listeners()) {
            open.close(SHUTDOWN_BOUND);
        }
    }

    private List<GateListener> listeners() {
        return Stream.of(Optional.ofNullable(listener), Optional.ofNullable(probes)).flatMap(Optional::stream).toList();
    }

    private ServerBootstrap server(ChannelFactory<ServerChannel> listening, boolean probesOnly) {
        return GateLoops.server(group, listening)
                .handler(new Acceptor(budget))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        GateLoop loop = loops.get(channel.eventLoop());
                        if (loop == null) {
                            budget.disconnected();
                            var _ = channel.close();
                        } else {
                            loop.adopt(channel, probesOnly);
                        }
                    }
                });
    }

    private static GateListener bound(ChannelFuture listening, InetSocketAddress address) throws IOException {
        Throwable cause = listening.awaitUninterruptibly().cause();
        if (cause != null) {
            throw new IOException("the gate cannot listen on " + address + ": " + cause.getMessage()
                    + "; is another process listening there?", cause);
        }
        return new GateListener(listening.channel());
    }

    private static GateSettings resolved(GateSettings settings) throws IOException {
        GateSettings known = settings.resolved();
        if (known.upstream() instanceof InetSocketAddress server && server.isUnresolved()) {
            throw new IOException("the host name of the gate's upstream, " + server.getHostString()
                    + ", is not known; give a numeric address, which needs no DNS");
        }
        return known;
    }

    /** The port it listens on. */
    public int port() {
        return address().getPort();
    }

    /**
     * Where it listens.
     *
     * @throws IllegalStateException if it does not
     */
    public InetSocketAddress address() {
        return addressOf(listener);
    }

    /**
     * Where it listens for probes alone.
     *
     * @throws IllegalStateException if it does not
     */
    public InetSocketAddress probesAddress() {
        return addressOf(probes);
    }

    private static InetSocketAddress addressOf(@Nullable GateListener open) {
        if (open == null) {
            throw new IllegalStateException("the gate does not listen");
        }
        return open.address();
    }

    @Override
    public Optional<Duration> lettingIn() {
        return switch (settings.door().at()) {
            case NOW -> Optional.empty();
            case SETTLE -> Optional.of(Duration.ZERO);
            case AUTO -> expected().values().stream().min(Long::compare).map(Duration::ofNanos);
        };
    }

    @Override
    public void announceClosing(long cutAt) {
        if (accounting.announce(announcement(cutAt))) {
            onEach(GateLoop::closingAnnounced);
            log.closingAnnounced(accounting.inFlight());
        }
    }

    private Announcement announcement(long cutAt) {
        return settings.door().at() == DoorRules.At.SETTLE
                ? new Announcement(cutAt, Announcement.Policy.ALL, Map.of())
                : new Announcement(cutAt, Announcement.Policy.MEASURED, expected());
    }

    private Map<String, Long> expected() {
        return RouteDurations.expected(loops.values().stream().map(GateLoop::durations).toList(), clock.nanoTime());
    }

    /** Closes the door: a request whose head is read from now on is refused. */
    @Override
    public void closeDoor() {
        if (accounting.closeDoor()) {
            log.doorClosed(accounting.inFlight());
            refuseConnections();
            onEach(GateLoop::doorClosed);
        }
    }

    @Override
    public void refuseConnections() {
        GateListener open = listener;
        if (open != null && refuses()) {
            open.refuse();
        }
    }

    private boolean refuses() {
        return switch (settings.door().closed()) {
            case REFUSE -> true;
            case ANSWER -> false;
            case AUTO -> settings.probes().isPresent()
                    || (!accounting.wasLivenessAsked() && !expected().isEmpty());
        };
    }

    /**
     * Opens the door.
     *
     * @throws IllegalStateException if it cannot listen again, because another process has taken its port
     */
    @Override
    public void openDoor() {
        GateListener open = listener;
        if (open != null) {
            open.accept();
        }
        if (accounting.openDoor()) {
            log.doorOpened();
        }
    }

    /**
     * Begins to let its clients go, for an agent that comes back at once: requests are let in and answered as ever, but each
     * connection ends with its next answer, or when it has been idle for a moment. The listening socket is not touched.
     */
    public void retire() {
        accounting.retire();
    }

    @Override
    public InFlight read(Duration bound) {
        return new InFlight.Exact(accounting.inFlight());
    }

    /** What has been counted since the start. */
    public GateCounts counts() {
        long oldest = 0;
        for (GateLoop loop : loops.values()) {
            oldest = Math.max(oldest, loop.oldestNanos());
        }
        return accounting.counts(accounting.inFlight() == 0 ? Duration.ZERO : Duration.ofNanos(oldest));
    }

    /**
     * Cuts every request that was in flight when it began. Most end at once; an event or frame that is under way may be
     * finished within half the bound, and an answer that is complete but not yet read by its client within all of it. What
     * is let in meanwhile, after a withdrawal, is not touched.
     */
    @Override
    public int cut(Duration bound) {
        Cut cut = new Cut(accounting.nextOrder(), loops.size());
        long start = clock.nanoTime();
        onEach(loop -> loop.cut(cut));
        await(() -> cut.left() == 0, start + bound.toNanos() / GENTLE_SHARE);
        if (cut.left() > 0) {
            onEach(loop -> loop.cutHard(cut, false));
            await(() -> cut.left() == 0, start + bound.toNanos() * 9 / 10);
        }
        if (cut.left() > 0) {
            onEach(loop -> loop.cutHard(cut, true));
            await(() -> cut.left() == 0, start + bound.toNanos());
        }
        if (cut.done() > 0 || cut.left() > 0) {
            log.cut(cut.done(), cut.left());
        }
        return cut.done();
    }

    private void await(BooleanSupplier done, long until) {
        try {
            while (!done.getAsBoolean() && clock.nanoTime() - until < 0) {
                clock.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops listening and ends every connection. Idle clients are notified; a request that one of them is just sending gets
     * that for its answer. The kernel goes on sending what it has of whole answers; what is not whole is reset. Idempotent;
     * blocks the calling thread for a moment.
     */
    public void shutdown() {
        accounting.closeDoor();
        stopListening();
        onEach(GateLoop::leave);
        await(() -> accounting.connections() == 0, clock.nanoTime() + LEAVE_BOUND.toNanos());
        onEach(GateLoop::stop);
        await(() -> accounting.inFlight() == 0, clock.nanoTime() + SHUTDOWN_BOUND.toNanos());
    }

    private void onEach(Consumer<GateLoop> task) {
        loops.forEach((eventLoop, loop) -> {
            if (!eventLoop.isShuttingDown()) {
                eventLoop.execute(() -> task.accept(loop));
            }
        });
    }
}
