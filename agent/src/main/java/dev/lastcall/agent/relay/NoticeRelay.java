// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.api.SocketFile;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the active notice to every connected gate, at once when it changes and otherwise every few seconds, so that a gate
 * knows a quiet relay from a dead one. Thread-safe; an event of the board costs it a write to each socket, without waiting.
 */
public final class NoticeRelay implements NoticeEvent.Listener, AutoCloseable {

    /** Gates at a time; a node has room for some hundred pods. */
    static final int MAX_GATES = 256;

    /** Between two lines while nothing changes. */
    static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** A withdrawal is said again so often and so long after, because a gate believes only the third in three seconds. */
    private static final Duration[] REPEATS = {Duration.ofMillis(1600), Duration.ofMillis(3200)};

    /** A process that may look into the folder may listen. */
    private static final String MODE = "rw-rw-rw-";

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(NoticeRelay.class);

    private final Vertx vertx;
    private final SocketFile file;
    private final NodeClock clock;
    private final NetServer server;
    private final Map<NetSocket, String> gates = new LinkedHashMap<>(); // guarded by itself
    private volatile @Nullable Reclamation active;
    private volatile boolean open;
    private long heartbeat = -1;

    /** @param socket in a folder that holds nothing else, because pods get the folder */
    public NoticeRelay(Vertx vertx, Path socket, NodeClock clock) {
        this.vertx = vertx;
        this.file = new SocketFile(socket, MODE);
        this.clock = clock;
        this.server = vertx.createNetServer().connectHandler(this::connected);
    }

    /**
     * Begins to take gates.
     *
     * @throws IOException if the socket cannot be had; the message says why
     */
    public void open() throws IOException {
        file.listen(server::listen);
        open = true;
        heartbeat = vertx.setPeriodic(HEARTBEAT.toMillis(), _ -> sendAll());
    }

    /** Any process that has the folder may connect, so one too many must not keep the next gate from hearing of a notice. */
    private void connected(NetSocket gate) {
        Optional<NetSocket> left = Optional.empty();
        synchronized (gates) {
            gates.put(gate, peer(gate));
            if (gates.size() > MAX_GATES) {
                left = Optional.of(oldestOfTheGreediest());
                gates.remove(left.get());
            }
        }
        gate.closeHandler(_ -> {
            synchronized (gates) {
                gates.remove(gate);
            }
        });
        gate.exceptionHandler(_ -> gate.close());
        send(gate, line());
        left.ifPresent(one -> {
            log.atDebug()
                    .addKeyValue("gates", MAX_GATES)
                    .log("one gate too many at the relay; one that had most is let go");
            one.close();
        });
    }

    private NetSocket oldestOfTheGreediest() {
        Map<String, Integer> counts = new HashMap<>();
        gates.values().forEach(peer -> counts.merge(peer, 1, Integer::sum));
        int most = Collections.max(counts.values());
        return gates.entrySet()
                .stream()
                .filter(gate -> counts.getOrDefault(gate.getValue(), 0) == most)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** The process at the other end, or its user where the process is of another namespace; all are one where neither is known. */
    private static String peer(NetSocket gate) {
        if (gate instanceof NetSocketInternal inner
                && inner.channelHandlerContext().channel() instanceof EpollDomainSocketChannel channel) {
            try {
                PeerCredentials who = channel.peerCredentials();
                return who.pid() > 0 ? "process " + who.pid() : "user " + who.uid();
            } catch (IOException gone) {
                return "";
            }
        }
        return "";
    }

    private List<NetSocket> connected() {
        synchronized (gates) {
            return List.copyOf(gates.keySet());
        }
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Noticed noticed -> noticed(noticed.reclamation());
            case NoticeEvent.DeadlineMoved moved -> noticed(moved.reclamation());
            case NoticeEvent.Withdrawn _ -> {
                active = null;
                sendAll();
                for (Duration repeat : REPEATS) {
                    vertx.setTimer(repeat.toMillis(), _ -> sendAll());
                }
            }
            case NoticeEvent.Advised _,NoticeEvent.AdviceCleared _ -> {
            }
        }
    }

    private void noticed(Reclamation reclamation) {
        active = reclamation;
        sendAll();
    }

    private void sendAll() {
        String line = line();
        connected().forEach(gate -> send(gate, line));
    }

    private String line() {
        Reclamation reclamation = active;
        return (reclamation == null ? RelayLine.NONE : RelayLine.of(reclamation, clock)).text();
    }

    /** One that does not read is let go; it comes back when it does. */
    private static void send(NetSocket gate, String line) {
        if (gate.writeQueueFull()) {
            gate.close();
        } else {
            gate.write(line);
        }
    }

    /** How many gates are connected. */
    public int gates() {
        return connected().size();
    }

    /** Ends it; gates keep their doors as they are. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        vertx.cancelTimer(heartbeat);
        try {
            server.close().await(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
            file.remove();
        } catch (Exception late) {
            log.atDebug().setCause(late).log("the relay's socket left behind");
        }
    }
}
