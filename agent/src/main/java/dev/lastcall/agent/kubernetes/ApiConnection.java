// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemTrustOptions;

/**
 * The connection to the API server. Over TLS it is one of HTTP/2, which the watch keeps open and which is asked for a sign
 * of life now and then: a connection that hangs is found out and closed before a notice needs it. Thread-safe.
 */
final class ApiConnection implements AutoCloseable {

    /** To connect, TLS included. */
    static final Duration CONNECT_BOUND = Duration.ofSeconds(3);

    /** Between two signs of life; Go's client for Kubernetes asks as often. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    private static final Duration PING_BOUND = Duration.ofSeconds(10);

    /** A call that is not answered for so long makes the connection suspect; a server that is only slow says that it lives. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** For a suspect connection's sign of life: a window of 30 s has no time for more. */
    private static final Duration SUSPECT_BOUND = Duration.ofSeconds(2);

    private static final long NO_DOUBT = -1;

    /** Where the server speaks only HTTP/1.1: the watch, and some calls side by side. */
    private static final int MAX_CONNECTIONS = 8;

    private final Vertx vertx;
    private final Optional<Path> authorities;
    private final HttpClientAgent client;

    /** @param authorities who may vouch for the server, as PEM; empty for plain HTTP */
    ApiConnection(Vertx vertx, Optional<Path> authorities) {
        this.vertx = vertx;
        this.authorities = authorities;
        var options = new HttpClientOptions().setConnectTimeout((int) CONNECT_BOUND.toMillis())
                .setKeepAliveTimeout(0)
                .setHttp2KeepAliveTimeout(0)
                .setDecompressionSupported(false);
        if (authorities.isPresent() && OpenSsl.isAvailable()) {
            // At a notice what Java does to each byte would run in its interpreter; this is machine code from the start.
            options.setSslEngineOptions(new OpenSSLEngineOptions());
        }
        authorities.ifPresent(pem -> options.setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setSslHandshakeTimeout(CONNECT_BOUND.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setTrustOptions(new PemTrustOptions().addCertPath(pem.toString())));
        this.client = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setHttp2MaxSize(1))
                .withConnectHandler(this::connected)
                .build();
    }

    HttpClientAgent client() {
        return client;
    }

    /**
     * Begins to doubt a connection, unless {@link #trust} is called soon. A connection whose peer is gone, as after a failover
     * of the balancer between, is closed, so that the next attempt makes another.
     *
     * @return what {@link #trust} takes
     */
    long doubt(HttpConnection connection) {
        return isHttp2(connection)
                ? vertx.setTimer(PATIENCE.toMillis(), _ -> askForSignOfLife(connection, SUSPECT_BOUND))
                : NO_DOUBT;
    }

    /** The answer has come. */
    void trust(long doubt) {
        if (doubt != NO_DOUBT) {
            vertx.cancelTimer(doubt);
        }
    }

    private static void askForSignOfLife(HttpConnection connection, Duration bound) {
        connection.ping(Buffer.buffer(new byte[8]))
                .timeout(bound.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(_ -> connection.close());
    }

    /** Reads the certificates again if the failure came from them: the cluster may have renewed its own. */
    void failed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                authorities.ifPresent(pem -> client.updateSSLOptions(new ClientSSLOptions()
                        .setTrustOptions(new PemTrustOptions().addCertValue(read(pem)))));
                return;
            }
        }
    }

    private Buffer read(Path pem) {
        return vertx.fileSystem().readFileBlocking(pem.toString());
    }

    private void connected(HttpConnection connection) {
        if (!isHttp2(connection)) {
            return;
        }
        long timer = vertx.setPeriodic(PING_INTERVAL.toMillis(), _ -> askForSignOfLife(connection, PING_BOUND));
        connection.closeHandler(_ -> vertx.cancelTimer(timer));
    }

    private static boolean isHttp2(HttpConnection connection) {
        return connection.protocolVersion() == HttpVersion.HTTP_2;
    }

    @Override
    public void close() {
        client.close();
    }
}
