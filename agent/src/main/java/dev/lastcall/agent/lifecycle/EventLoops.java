// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.GateLoops;
import dev.lastcall.agent.systemd.Watchdog;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops of this process: one for the gates, one for metadata and the API. The node's cores belong to the server. */
public final class EventLoops implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventLoops.class);

    /** One loop carries thousands of streams. */
    private static final int GATE_THREADS = 1;

    private static final int VERTX_WORKERS = 1;

    /** Vert.x would look every second whether its loop is blocked: a twentieth of what an idle agent may cost. */
    private static final Duration BLOCKED_CHECK = Duration.ofSeconds(30);

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

    private final EventLoopGroup gates = GateLoops.create(GATE_THREADS);
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)
            .setWorkerPoolSize(VERTX_WORKERS)
            .setInternalBlockingPoolSize(VERTX_WORKERS)
            .setBlockedThreadCheckInterval(BLOCKED_CHECK.toMillis())
            // Else each process that is killed leaves a folder in /tmp; nothing of the agent is in a class path for Vert.x.
            .setFileSystemOptions(
                    new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false))
            .setPreferNativeTransport(true));

    /** For the gates. */
    public EventLoopGroup gates() {
        return gates;
    }

    /** For everything else that the agent asks and answers. */
    public Vertx vertx() {
        return vertx;
    }

    /** Each loop, for the watchdog. */
    public List<Watchdog.Part> parts() {
        List<Watchdog.Part> parts = new ArrayList<>();
        gates.forEach(loop -> parts.add(new Watchdog.Part("gate loop", loop)));
        parts.add(new Watchdog.Part("metadata and api loop", task -> vertx.runOnContext(ran -> task.run())));
        return parts;
    }

    /** Ends them, within two seconds each. */
    @Override
    public void close() {
        gates.shutdownGracefully(0, CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_BOUND.toMillis());
        try {
            vertx.close().await(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception late) {
            log.atDebug().setCause(late).log("sockets left open at the end");
        }
    }
}
