// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.telemetry.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's interface: views over TCP, verbs over the control socket. Built by the agent, opened once, closed once;
 * to be called from a virtual or platform thread, not from an event loop.
 */
public final class ApiServer implements AutoCloseable {

    /** Time that a connection has for each request with its answer, idling before it included. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Root and the socket's group. */
    private static final String SOCKET_MODE = "rw-rw----";

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    private final ApiSettings config;
    private final HttpServer tcp;
    private final HttpServer local;
    private final SocketFile socket;
    private boolean socketOpen;

    /**
     * Makes the interface; nothing listens yet.
     *
     * @param status makes a view; called on the event loop, must not block
     * @param desk takes the verbs
     * @param models what is said of the models
     * @param preStopHold holds hooks until servers are idle
     */
    public ApiServer(Vertx vertx, ApiSettings config, Supplier<StatusView> status, OperatorActions desk,
            ModelAdmin models,
            PreStopHold preStopHold, Metrics metrics) {
        this(vertx, config, status, desk, models, preStopHold, metrics, PATIENCE);
    }

    ApiServer(Vertx vertx, ApiSettings config, Supplier<StatusView> status, OperatorActions desk,
            PreStopHold preStopHold,
            Metrics metrics) {
        this(vertx, config, status, desk, ModelAdmin.NONE, preStopHold, metrics, PATIENCE);
    }

    ApiServer(Vertx vertx, ApiSettings config, Supplier<StatusView> status, OperatorActions desk,
            PreStopHold preStopHold,
            Metrics metrics, Duration patience) {
        this(vertx, config, status, desk, ModelAdmin.NONE, preStopHold, metrics, patience);
    }

    private ApiServer(Vertx vertx, ApiSettings config, Supplier<StatusView> status, OperatorActions desk,
            ModelAdmin models,
            PreStopHold preStopHold, Metrics metrics, Duration patience) {
        this.config = config;
        Routes routes = new Routes(status, desk, models, preStopHold, metrics, config.token());
        this.tcp = new BoundedHttp(vertx, routes, metrics, false, patience.toMillis()).server();
        this.local = new BoundedHttp(vertx, routes, metrics, true, patience.toMillis()).server();
        this.socket = new SocketFile(config.socket(), SOCKET_MODE);
    }

    /**
     * Listens on TCP and on the control socket. The agent can do its work without the socket.
     *
     * @param noSocket takes why the control socket cannot be had, with what to do
     * @throws IOException if the TCP address cannot be had; the message says which key to change
     */
    public void open(Consumer<String> noSocket) throws IOException {
        openTcp();
        try {
            openSocket();
        } catch (IOException withoutSocket) {
            noSocket.accept(String.valueOf(withoutSocket.getMessage()));
        }
    }

    /**
     * Listens on TCP.
     *
     * @throws IOException if the address cannot be had; the message says which key to change
     */
    public void openTcp() throws IOException {
        try {
            tcp.listen(config.listen().port(), config.listen().host()).await();
        } catch (Exception taken) { // await() throws what the server failed with, checked or not
            throw new IOException(
                    "cannot listen on " + config.listen() + ": " + reason(taken) + "; set api.listen to another",
                    taken);
        }
        if (!config.listen().isLoopback()) {
            LOG.atWarn()
                    .addKeyValue("listen", config.listen())
                    .log("status and metrics can be read from outside this node");
        }
    }

    /**
     * Opens the control socket.
     *
     * @throws IOException if it cannot be had; the message says what to do
     */
    public void openSocket() throws IOException {
        try {
            socket.listen(local::listen);
            socketOpen = true;
        } catch (IOException | RuntimeException failed) {
            throw new IOException("cannot open the control socket " + config.socket() + ": " + reason(failed)
                    + "; make its directory writable, or set api.socket to another path", failed);
        }
    }

    /** The TCP port in use, which matters where the configured one is 0. */
    public int port() {
        return tcp.actualPort();
    }

    /** Closes both, within a second each. */
    @Override
    public void close() {
        close(tcp);
        close(local);
        if (socketOpen) {
            try {
                socket.remove();
            } catch (IOException left) {
                LOG.atDebug().setCause(left).log("control socket left behind");
            }
        }
    }

    private static void close(HttpServer server) {
        try {
            server.close().await(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception late) {
            LOG.atDebug().setCause(late).log("api connections left open");
        }
    }

    private static @Nullable String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
