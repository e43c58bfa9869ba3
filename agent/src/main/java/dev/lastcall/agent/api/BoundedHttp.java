// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.lastcall.agent.telemetry.ApiRefusal;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.Secret;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server for a few small requests, every one of them bounded: connections, head, body and time. Probes, views,
 * hooks and verbs have places of their own, and no peer keeps another from its share ({@link ConnectionSlots}). Reads and writes on
 * the event loop; hooks and verbs run on a virtual thread.
 */
final class BoundedHttp {

    /** Longest request line, in bytes. */
    static final int MAX_LINE_BYTES = 2048;

    /** Largest head, in bytes. */
    static final int MAX_HEAD_BYTES = 8192;

    /** Largest body, in bytes; the verbs take one duration and one sentence. */
    static final int MAX_BODY_BYTES = 4096;

    private static final ApiAnswer CROWDED = ApiAnswer.error(503, "crowded",
            "this address has more requests here than any other, and there is no place left");

    private static final Logger LOG = LoggerFactory.getLogger(BoundedHttp.class);

    private final Vertx vertx;
    private final Routes routes;
    private final Metrics metrics;
    private final boolean overSocket;
    private final long patienceMillis;
    private final ConnectionSlots connectionSlots = new ConnectionSlots();
    private final Peers peers = new Peers(Path.of("/proc/net/route"));
    private final Map<HttpConnection, Guard> guards = new ConcurrentHashMap<>();

    /**
     * Makes a server; {@link #server} builds it.
     *
     * @param overSocket whether it serves the control socket
     * @param patienceMillis time that a connection has for each request with its answer, idling before it included
     */
    BoundedHttp(Vertx vertx, Routes routes, Metrics metrics, boolean overSocket, long patienceMillis) {
        this.vertx = vertx;
        this.routes = routes;
        this.metrics = metrics;
        this.overSocket = overSocket;
        this.patienceMillis = patienceMillis;
    }

    /** The server, not yet listening. */
    HttpServer server() {
        HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setMaxChunkSize(MAX_BODY_BYTES)
                .setCompressionSupported(false)
                .setHandle100ContinueAutomatically(true);
        return vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .requestHandler(this::requested)
                .invalidRequestHandler(this::invalid)
                .exceptionHandler(this::broken);
    }

    private void connected(HttpConnection connection) {
        Guard guard = new Guard(connection);
        if (!connectionSlots.has(guard.place)) {
            metrics.apiRefused(ApiRefusal.OVERLOAD);
            connection.close();
            return;
        }
        guards.put(connection, guard);
        guard.arm();
        connection.closeHandler(closed -> {
            guards.remove(connection);
            connectionSlots.leave(guard.place);
            guard.disarm();
        });
    }

    private void requested(HttpServerRequest request) {
        Guard guard = guards.get(request.connection());
        if (guard == null) {
            return;
        }
        guard.reading = true;
        Buffer body = Buffer.buffer();
        boolean[] refused = {false};
        request.exceptionHandler(gone -> refused[0] = true);
        request.handler(part -> {
            if (refused[0]) {
                return;
            }
            if (body.length() + part.length() > MAX_BODY_BYTES) {
                refused[0] = true;
                metrics.apiRefused(ApiRefusal.TOO_LARGE);
                refuse(request,
                        ApiAnswer.error(413, "too-large", "the body is larger than " + MAX_BODY_BYTES + " bytes"));
            } else {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            guard.reading = false;
            if (!refused[0]) {
                whole(request, body);
            }
        });
    }

    private void whole(HttpServerRequest request, Buffer body) {
        Guard guard = guards.get(request.connection());
        if (guard == null) {
            return;
        }
        String path = request.path() == null ? "" : request.path();
        AtomicBoolean there = new AtomicBoolean(true);
        ApiRequest read = new ApiRequest(request.method().name(), path,
                Secret.ofBearer(request.getHeader("Authorization")),
                EventReader.contentType(request.getHeader("Content-Type")), EventReader.attributes(request::getHeader),
                body.toString(StandardCharsets.UTF_8), overSocket, there::get);
        ConnectionSlots.Use use = routes.use(path);
        if (use != ConnectionSlots.Use.WAITING && !connectionSlots.move(guard.place, use)) {
            metrics.apiRefused(ApiRefusal.OVERLOAD);
            refuse(request, CROWDED);
            return;
        }
        if (use == ConnectionSlots.Use.HOLDING) {
            request.response().closeHandler(gone -> there.set(false));
            guard.hold(request);
        }
        if (use == ConnectionSlots.Use.WAITING || use == ConnectionSlots.Use.READING) {
            write(request, answer(read));
            return;
        }
        Context context = vertx.getOrCreateContext();
        Thread.ofVirtual().name("api").start(() -> {
            ApiAnswer answer = answer(read);
            onLoop(context, () -> write(request, answer));
        });
    }

    /** An agent that has ended has no loop any more, and no client to answer: its connections ended with it. */
    private static void onLoop(Context context, Runnable task) {
        try {
            context.runOnContext(ignored -> task.run());
        } catch (RejectedExecutionException ended) {
            LOG.atDebug().log("an answer came after the end of the agent");
        }
    }

    private ApiAnswer answer(ApiRequest request) {
        try {
            return routes.answer(request);
        } catch (RuntimeException fault) {
            LOG.atError().setCause(fault).addKeyValue("path", request.path()).log("api call failed");
            return ApiAnswer.error(500, "internal", "the agent failed to answer; its log says why");
        }
    }

    private void write(HttpServerRequest request, ApiAnswer answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        Buffer body = Buffer.buffer(answer.body());
        response.setStatusCode(answer.status())
                .putHeader("Content-Type", answer.contentType())
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Content-Length", Integer.toString(body.length()));
        answer.headers().forEach(response::putHeader);
        (request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(body)).onSuccess(written -> {
            Guard guard = guards.get(request.connection());
            if (guard != null) {
                guard.answered();
            }
        });
    }

    /** Answers and hangs up, because what follows on the connection is not worth reading. */
    private void refuse(HttpServerRequest request, ApiAnswer answer) {
        request.response().putHeader("Connection", "close");
        write(request, answer);
        request.connection().close();
    }

    private void invalid(HttpServerRequest request) {
        metrics.apiRefused(ApiRefusal.MALFORMED);
        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }

    private void broken(Throwable failure) {
        LOG.atDebug().setCause(failure).log("api connection broke");
    }

    /** One connection: its place, and its time for its next request. Confined to the connection's event loop. */
    private final class Guard {
        private final HttpConnection connection;
        private final Context context = vertx.getOrCreateContext();
        private final ConnectionSlots.Place place;
        private @Nullable HttpServerRequest held;
        private long timer = -1;
        private boolean reading;

        Guard(HttpConnection connection) {
            this.connection = connection;
            this.place = connectionSlots.enter(peers.of(connection.remoteAddress()),
                    use -> onLoop(context, () -> giveUp(use)));
        }

        void arm() {
            disarm();
            timer = vertx.setTimer(patienceMillis, fired -> {
                if (reading) {
                    metrics.apiRefused(ApiRefusal.TIMEOUT);
                }
                connection.close();
            });
        }

        void disarm() {
            vertx.cancelTimer(timer);
        }

        /** A hook may wait for as long as servers take. */
        void hold(HttpServerRequest hook) {
            held = hook;
            disarm();
        }

        /** The answer has been written; the next request may come. */
        void answered() {
            held = null;
            if (connectionSlots.move(place, ConnectionSlots.Use.WAITING)) {
                arm();
            } else {
                metrics.apiRefused(ApiRefusal.EVICTED);
                connection.close();
            }
        }

        /** Its place goes to a peer that has fewer. It may have found another one since. */
        private void giveUp(ConnectionSlots.Use use) {
            if (connectionSlots.has(place)) {
                return;
            }
            metrics.apiRefused(ApiRefusal.EVICTED);
            HttpServerRequest hook = held;
            if (use == ConnectionSlots.Use.HOLDING && hook != null) {
                refuse(hook, CROWDED);
            } else {
                connection.close();
            }
        }
    }
}
