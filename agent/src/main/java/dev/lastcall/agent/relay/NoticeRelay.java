// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.api.SocketFile;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every gate that is connected what stands, at once when it changes and otherwise every few seconds, so that a gate
 * knows a quiet relay from a dead one. Thread-safe; hearing the board costs it a write to each socket, without waiting.
 */
public final class NoticeRelay implements NoticeEvent.Listener, AutoCloseable {

    /** Gates at a time; a node has room for some hundred pods. */
    static final int MAX_GATES = 256;

    /** Between two lines while nothing changes. */
    static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** A withdrawal is said again so often and so long after, because a gate believes only the third in three seconds. */
    private static final Duration[] REPEATS = {Duration.ofMillis(1600), Duration.ofMillis(3200)};

    /** Whoever may look into the folder may listen. */
    private static final String MODE = "rw-rw-rw-";

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(NoticeRelay.class);

    private final Vertx vertx;
    private final SocketFile file;
    private final NodeClock clock;
    private final NetServer server;
    private final Set<NetSocket> gates = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Reclamation standing;
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
        heartbeat = vertx.setPeriodic(HEARTBEAT.toMillis(), _ -> tellAll());
    }

    private void connected(NetSocket gate) {
        if (gates.size() >= MAX_GATES) {
            log.atWarn().addKeyValue("gates", MAX_GATES).log("one gate too many at the relay; it is turned away");
            gate.close();
            return;
        }
        gates.add(gate);
        gate.closeHandler(_ -> gates.remove(gate));
        gate.exceptionHandler(_ -> gate.close());
        tell(gate, line());
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Noticed noticed -> stands(noticed.reclamation());
            case NoticeEvent.DeadlineMoved moved -> stands(moved.reclamation());
            case NoticeEvent.Withdrawn _ -> {
                standing = null;
                tellAll();
                for (Duration repeat : REPEATS) {
                    vertx.setTimer(repeat.toMillis(), _ -> tellAll());
                }
            }
            case NoticeEvent.Advised _,NoticeEvent.AdviceCleared _ -> {
            }
        }
    }

    private void stands(Reclamation reclamation) {
        standing = reclamation;
        tellAll();
    }

    private void tellAll() {
        if (!gates.isEmpty()) {
            String line = line();
            gates.forEach(gate -> tell(gate, line));
        }
    }

    private String line() {
        Reclamation reclamation = standing;
        return (reclamation == null ? RelayLine.NONE : RelayLine.of(reclamation, clock)).text();
    }

    /** One that does not read is let go; it comes back when it does. */
    private static void tell(NetSocket gate, String line) {
        if (gate.writeQueueFull()) {
            gate.close();
        } else {
            gate.write(line);
        }
    }

    /** How many gates are connected. */
    public int gates() {
        return gates.size();
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
