// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.lastcall.metadata.HostAddresses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Short calls to the servers of this node, by Vert.x, with one deadline over the whole exchange, body included, and a
 * limit on the body. HTTP/1.1, no redirects, no proxy, no connection kept: some servers count idle ones. Thread-safe;
 * the verbs block the calling virtual thread.
 */
public final class LocalHttp implements AutoCloseable {

    private static final int MAX_CONNECT_MILLIS = 1000;

    /** A server that is busy accepting must not be given a queue of ours as well. */
    private static final int MAX_CONNECTIONS_PER_SERVER = 4;

    private final HttpClient client;

    /** @param vertx owns the sockets; stays open when this is closed */
    public LocalHttp(Vertx vertx) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false)
                        .setConnectTimeout(MAX_CONNECT_MILLIS)
                        .setDecompressionSupported(false),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS_PER_SERVER));
    }

    /** What came of a call. */
    public sealed interface Reply {
        /**
         * An answer that is whole, or whose body was cut at the limit.
         *
         * @param whole whether {@code body} is all of it
         * @param server the header of that name, or empty
         */
        record Answer(int status, String body, boolean whole, String server) implements Reply {
            boolean isOk() {
                return status == 200;
            }
        }

        /** Nobody listens there. */
        record Refused(String reason) implements Reply {}

        /** No whole answer: too late, broken off, not HTTP. */
        record Broken(String reason) implements Reply {}
    }

    Reply get(URI url, Map<String, String> headers, int maxBytes, Duration bound) {
        return call(HttpMethod.GET, url, headers, null, maxBytes, bound);
    }

    Reply head(URI url, Duration bound) {
        return call(HttpMethod.HEAD, url, Map.of(), null, 0, bound);
    }

    Reply post(URI url, Map<String, String> headers, String json, int maxBytes, Duration bound) {
        return call(HttpMethod.POST, url, headers, json, maxBytes, bound);
    }

    private Reply call(HttpMethod method, URI url, Map<String, String> headers, @Nullable String json, int maxBytes,
            Duration bound) {
        var options = new RequestOptions().setMethod(method)
                .setHost(host(url))
                .setPort(port(url))
                .setSsl("https".equals(url.getScheme()))
                .setURI(target(url))
                .setFollowRedirects(false);
        headers.forEach(options::putHeader);
        if (json != null) {
            options.putHeader("Content-Type", "application/json");
        }
        String call = method + " " + url;
        long end = System.nanoTime() + bound.toNanos();
        try {
            Reply reply = new Reply.Refused(call + ": its host has no address");
            for (InetAddress address : HostAddresses.of(host(url), bound)) {
                Duration left = Duration.ofNanos(end - System.nanoTime());
                if (!(reply instanceof Reply.Refused) || !left.isPositive()) {
                    return reply;
                }
                reply = call(call, options, address, json, maxBytes, left);
            }
            return reply;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Reply.Broken(call + ": interrupted");
        }
    }

    /** The call to one of the host's addresses; nothing listens at the others, or they were not tried yet. */
    private Reply call(String call, RequestOptions options, InetAddress address, @Nullable String json, int maxBytes,
            Duration bound) {
        options.setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, options.getPort())));
        try {
            return client.request(options)
                    .compose(request -> exchange(request, json, maxBytes, bound))
                    .await(bound.toMillis() + 1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Reply.Broken(call + ": no whole answer within " + bound.toMillis() + " ms");
        } catch (Exception e) { // what the exchange failed with, checked or not, or a client that is closed already
            return failure(call, e);
        }
    }

    private static Future<Reply> exchange(HttpClientRequest request, @Nullable String json, int maxBytes,
            Duration bound) {
        Future<HttpClientResponse> sent = json == null ? request.send() : request.send(json);
        return sent.compose(response -> body(request, response, maxBytes))
                .timeout(Math.max(1, bound.toMillis()), TimeUnit.MILLISECONDS)
                .onFailure(e -> request.reset());
    }

    private static Future<Reply> body(HttpClientRequest request, HttpClientResponse response, int maxBytes) {
        Promise<Reply> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        String named = response.getHeader("Server");
        String server = named == null ? "" : named;
        response.exceptionHandler(promise::tryFail);
        response.handler(chunk -> {
            int room = maxBytes - body.length();
            if (chunk.length() <= room) {
                body.appendBuffer(chunk);
            } else if (promise.tryComplete(answer(response, body.appendBuffer(chunk, 0, room), false, server))) {
                request.reset();
            }
        });
        response.endHandler(_ -> promise.tryComplete(answer(response, body, true, server)));
        return promise.future();
    }

    private static Reply answer(HttpClientResponse response, Buffer body, boolean whole, String server) {
        return new Reply.Answer(response.statusCode(), body.toString(StandardCharsets.UTF_8), whole, server);
    }

    private static Reply failure(String call, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return new Reply.Refused(call + ": " + cause.getMessage());
            }
        }
        return new Reply.Broken(call + ": " + e);
    }

    private static String host(URI url) {
        String host = url.getHost();
        if (host == null) {
            throw new IllegalArgumentException("a URL without a host: " + url);
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(URI url) {
        return url.getPort() > 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
    }

    private static String target(URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    @Override
    public void close() {
        client.close();
    }
}
