// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.simulator.cloud.MetadataApi;
import dev.lastcall.simulator.cloud.MetadataTree;
import dev.lastcall.simulator.cloud.Request;
import dev.lastcall.simulator.cloud.SimulatorClock;
import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Timeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;

/**
 * Holds the timeline against the clock: applies what is due, decides which faults strike which request, and knows the
 * connections and the requests that wait. Confined to the event loop, but for the constructor.
 */
public final class ScriptEngine {

    /** More than any node has clients; beyond it new connections are closed. */
    private static final int MAX_CONNECTIONS = 1024;
    private static final Duration NOTHING_SCHEDULED = Duration.ofSeconds(-1);
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int MAX_CHUNK_BYTES = 8 * 1024;

    /** What the faults say to a request that waits. */
    enum HangState {
        NOT_FAULTY, NEVER, DROP, RESET
    }

    private final EventLoop loop;
    private final SimulatorClock clock;
    private final Timeline timeline;
    private final MetadataTree tree;
    private final MetadataApi api;
    private final RequestLog log;
    private final Listener listener;
    private final int[] strikes;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final Set<SimulatedExchange> hanging = new LinkedHashSet<>();
    private int connectionCount;
    private boolean refusing;
    private boolean closing;
    private Duration scheduled = NOTHING_SCHEDULED;

    public ScriptEngine(EventLoop loop, SimulatorClock clock, Timeline timeline, MetadataTree tree, MetadataApi api,
            RequestLog log,
            InetSocketAddress address) throws IOException {
        this.loop = loop;
        this.clock = clock;
        this.timeline = timeline;
        this.strikes = new int[timeline.faults().size()];
        this.tree = tree;
        this.api = api;
        this.log = log;
        this.listener = new Listener(address, this::accepted);
    }

    SimulatorClock clock() {
        return clock;
    }

    MetadataApi api() {
        return api;
    }

    RequestLog log() {
        return log;
    }

    public InetSocketAddress address() {
        return listener.address();
    }

    /** Brings everything to the present position. Harmless at any time. */
    public void update() {
        tree.update();
        Duration position = clock.position();
        boolean refuse = timeline.faults()
                .stream()
                .anyMatch(fault -> fault.isActive(position) && fault.has(Effect.Refuse.class));
        if (refuse != refusing) {
            refusing = refuse;
            listener.setOpen(!refuse);
        }
        if (refuse) {
            List.copyOf(connections).forEach(connection -> connection.end(true));
        }
        List.copyOf(hanging).forEach(SimulatedExchange::review);
        scheduleNext(position);
    }

    private void scheduleNext(Duration position) {
        Duration next = tree.nextChange();
        for (Fault fault : timeline.faults()) {
            for (Duration edge : List.of(fault.from(), fault.until())) {
                if (edge.compareTo(position) > 0 && edge.compareTo(next) < 0) {
                    next = edge;
                }
            }
        }
        if (!next.equals(Fault.FOREVER) && !next.equals(scheduled)) {
            scheduled = next;
            clock.after(next.minus(position), () -> {
                // a clock that rounds may come a nanosecond early; then the same moment is waited for once more
                scheduled = NOTHING_SCHEDULED;
                update();
            });
        }
    }

    private void accepted(SocketChannel socket) {
        NioSocketChannel channel = new NioSocketChannel(null, socket);
        loop.execute(() -> {
            channel.pipeline()
                    .addLast(new HttpRequestDecoder(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES))
                    .addLast(new Connection(this, ++connectionCount));
            var _ = loop.register(channel);
        });
    }

    void opened(Connection connection) {
        if (refusing || closing || connections.size() >= MAX_CONNECTIONS) {
            connection.end(true);
        } else {
            connections.add(connection);
        }
    }

    void closed(Connection connection) {
        connections.remove(connection);
    }

    void hanging(SimulatedExchange simulatedExchange) {
        hanging.add(simulatedExchange);
    }

    void noLongerHanging(SimulatedExchange simulatedExchange) {
        hanging.remove(simulatedExchange);
    }

    /** Records what was no HTTP request, answers 400 and ends the connection. */
    void malformed(Connection connection) {
        RequestLog.Entry entry = log.add(new RecordedRequest(clock.position(), clock.now(), connection.number(),
                RecordedRequest.MALFORMED, "", Map.of(), "", new RecordedRequest.Outcome.Pending()));
        WirePlan plan = WirePlan.of(api.error(400), List.of(), api, clock.now(), false, true);
        for (WireStep step : plan.steps()) {
            if (step instanceof WireStep.Send send) {
                connection.write(send.payload().slice(send.from(), (int) (send.until() - send.from())), () -> {});
            }
        }
        log.complete(entry, new RecordedRequest.Outcome.Answered(400));
        connection.end(false);
    }

    /** Takes in a request; empty when it was malformed after all. */
    Optional<SimulatedExchange> answer(HttpRequest head, String body, Connection connection) {
        update();
        Request request;
        try {
            request = Request.of(head, body);
        } catch (IllegalArgumentException e) {
            malformed(connection);
            return Optional.empty();
        }
        Map<String, List<String>> headers = new HashMap<>();
        for (Map.Entry<String, String> header : head.headers()) {
            headers.computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(header.getValue());
        }
        RequestLog.Entry entry = log.add(new RecordedRequest(clock.position(), clock.now(), connection.number(),
                request.method(), request.target(), headers, body, new RecordedRequest.Outcome.Pending()));
        return Optional
                .of(new SimulatedExchange(request, HttpUtil.isKeepAlive(head), strike(request), this, connection,
                        entry));
    }

    void begin(SimulatedExchange simulatedExchange) {
        simulatedExchange.begin(api.handle(simulatedExchange.request(), simulatedExchange.effects()));
        // a request can change what others wait for, as StartRequests does
        update();
    }

    /** The effects at work on a request now; counts the strikes of those faults that strike a limited number. */
    private List<Effect> strike(Request request) {
        Duration position = clock.position();
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < strikes.length; i++) {
            Fault fault = timeline.faults().get(i);
            if (fault.isActive(position) && fault.strikes(request.method(), request.path())
                    && strikes[i] < fault.times()) {
                strikes[i]++;
                effects.addAll(fault.effects());
            }
        }
        return effects;
    }

    /** What becomes of a request that waits: by the faults it met when it came, and by those that began since. */
    HangState hangEnd(Request request, List<Effect> met) {
        HangState state = HangState.NOT_FAULTY;
        for (Effect effect : met) {
            state = stateOf(effect, state);
        }
        for (Fault fault : timeline.faults()) {
            if (fault.isActive(clock.position()) && fault.times() == Fault.UNLIMITED
                    && fault.strikes(request.method(), request.path())) {
                for (Effect effect : fault.effects()) {
                    state = stateOf(effect, state);
                }
            }
        }
        return state;
    }

    private static HangState stateOf(Effect effect, HangState otherwise) {
        return effect instanceof Effect.Hang hang ? switch (hang.end()) {
            case NEVER -> HangState.NEVER;
            case DROP -> HangState.DROP;
            case RESET -> HangState.RESET;
        } : otherwise;
    }

    /** Stops listening and closes every connection, those included that the acceptor is just handing over. */
    public void close() {
        closing = true;
        listener.close();
        List.copyOf(connections).forEach(connection -> connection.end(false));
    }
}
