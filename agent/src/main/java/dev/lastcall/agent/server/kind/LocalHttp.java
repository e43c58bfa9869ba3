// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.lastcall.agent.bounds.ReadBudget;
import dev.lastcall.agent.server.UnixSocketQueue;
import dev.lastcall.agent.server.UnixUrl;
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
 * Short calls to the servers of this node, by Vert.x, with one deadline over the whole exchange, body included, a limit on the
 * body, and one budget over all bodies that are read at a time. HTTP/1.1, no redirects, no proxy, no connection kept: some
 * servers count idle ones. Thread-safe; the verbs block the calling virtual thread.
 */
public final class LocalHttp implements AutoCloseable {

    private static final int MAX_CONNECT_MILLIS = 1000;

    /** A server that is busy accepting must not be given a queue of ours as well. */
    private static final int MAX_CONNECTIONS_PER_SERVER = 4;

    /** A request on a Unix socket needs a name in its Host field; servers that check it know this one. */
    private static final String HOST_OF_UNIX_SOCKET = "localhost";

    private final HttpClient client;
    private final ReadBudget budget;

    /** With the budget of the process. */
    public LocalHttp(Vertx vertx) {
        this(vertx, ReadBudget.ofProcess());
    }

    /**
     * @param vertx owns the sockets; stays open when this is closed
     * @param budget of what is read at a time
     */
    public LocalHttp(Vertx vertx, ReadBudget budget) {
        this.budget = budget;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false)
                        .setConnectTimeout(MAX_CONNECT_MILLIS)
                        .setDecompressionSupported(false),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS_PER_SERVER));
    }

    /** The budget of what is read at a time, for others that read as well. */
    public ReadBudget budget() {
        return budget;
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

        /** No process listens there. */
        record Refused(String reason) implements Reply {}

        /** No whole answer: too late, broken off, not HTTP. */
        record Broken(String reason) implements Reply {}
    }

    /** @param reader understands the reply; the body has its place in the budget until it returns */
    <T> T get(URI url, Map<String, String> headers, int maxBytes, Duration bound, Function<Reply, T> reader) {
        return call(HttpMethod.GET, url, headers, null, new Whole(maxBytes), bound, reader);
    }

    /**
     * As the other, for a text of which only some lines are wanted: the body of the reply is these lines, and the rest is not
     * kept.
     *
     * @param wanted which lines; asked once for each, in order
     */
    <T> T get(URI url, Map<String, String> headers, int maxBytes, Predicate<String> wanted, Duration bound,
            Function<Reply, T> reader) {
        return call(HttpMethod.GET, url, headers, null, new Sieve(maxBytes, wanted), bound, reader);
    }

    Reply head(URI url, Duration bound) {
        return call(HttpMethod.HEAD, url, Map.of(), null, new Whole(0), bound, reply -> reply);
    }

    <T> T post(URI url, Map<String, String> headers, String json, int maxBytes, Duration bound,
            Function<Reply, T> reader) {
        return call(HttpMethod.POST, url, headers, json, new Whole(maxBytes), bound, reader);
    }

    /** What of a body is kept. */
    private sealed interface Wanted {
        int maxBytes();
    }

    private record Whole(int maxBytes) implements Wanted {}

    private record Sieve(int maxBytes, Predicate<String> lines) implements Wanted {}

    private <T> T call(HttpMethod method, URI url, Map<String, String> headers, @Nullable String json, Wanted wanted,
            Duration bound, Function<Reply, T> reader) {
        try (ReadBudget.Place place = budget.open()) {
            return reader.apply(exchange(method, url, headers, json, new Body(wanted, place), bound));
        }
    }

    private Reply exchange(HttpMethod method, URI url, Map<String, String> headers, @Nullable String json, Body body,
            Duration bound) {
        RequestOptions options = to(url).setMethod(method).setFollowRedirects(false);
        headers.forEach(options::putHeader);
        if (json != null) {
            options.putHeader("Content-Type", "application/json");
        }
        try {
            return client.request(options)
                    .compose(request -> exchange(request, json, body, bound))
                    .await(bound.toMillis() + 1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Reply.Broken(method + " " + url + ": no whole answer within " + bound.toMillis() + " ms");
        } catch (Exception e) { // what the exchange failed with, checked or not, or a client that is closed already
            return failure(method + " " + url, e);
        }
    }

    private static Future<Reply> exchange(HttpClientRequest request, @Nullable String json, Body body,
            Duration bound) {
        Future<HttpClientResponse> sent = json == null ? request.send() : request.send(json);
        return sent.compose(response -> body(request, response, body))
                .timeout(Math.max(1, bound.toMillis()), TimeUnit.MILLISECONDS)
                .onFailure(e -> request.reset());
    }

    private static Future<Reply> body(HttpClientRequest request, HttpClientResponse response, Body body) {
        Promise<Reply> promise = Promise.promise();
        String named = response.getHeader("Server");
        String server = named == null ? "" : named;
        response.exceptionHandler(promise::tryFail);
        response.handler(chunk -> {
            switch (body.take(chunk)) {
                case TAKEN -> {
                }
                case TOO_LARGE -> {
                    if (promise.tryComplete(body.answer(response.statusCode(), false, server))) {
                        request.reset();
                    }
                }
                case NO_ROOM -> promise.tryFail(
                        new IOException("no room: too much is being read from servers at this moment"));
            }
        });
        response.endHandler(_ -> promise.tryComplete(body.answer(response.statusCode(), true, server)));
        return promise.future();
    }

    /** A body while it comes. Confined to the connection's event loop until its answer is made. */
    private static final class Body {
        private final Wanted wanted;
        private final ReadBudget.Place place;
        private final LineFilter lines;
        private final Buffer whole = Buffer.buffer();
        private int received;

        private enum Taken {
            TAKEN, TOO_LARGE, NO_ROOM
        }

        Body(Wanted wanted, ReadBudget.Place place) {
            this.wanted = wanted;
            this.place = place;
            this.lines = new LineFilter(wanted instanceof Sieve sieve ? sieve.lines() : _ -> false);
        }

        Taken take(Buffer chunk) {
            int room = wanted.maxBytes() - received;
            boolean tooLarge = chunk.length() > room;
            Buffer part = tooLarge ? chunk.getBuffer(0, room) : chunk;
            received += part.length();
            switch (wanted) {
                case Sieve _ -> lines.take(part.getBytes());
                case Whole _ -> {
                    if (!place.take(part.length())) {
                        return Taken.NO_ROOM;
                    }
                    whole.appendBuffer(part);
                }
            }
            return tooLarge ? Taken.TOO_LARGE : Taken.TAKEN;
        }

        Reply answer(int status, boolean complete, String server) {
            return switch (wanted) {
                case Sieve _ -> {
                    lines.end();
                    yield new Reply.Answer(status, lines.text(), complete && lines.isWhole(), server);
                }
                case Whole _ ->
                    new Reply.Answer(status, whole.toString(StandardCharsets.UTF_8), complete, server);
            };
        }
    }

    private static Reply failure(String call, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (UnixSocketQueue.isFull(cause)) {
                return new Reply.Broken(call + ": the server's queue of connections is full");
            }
            if (cause instanceof ConnectException || cause instanceof UnknownHostException
                    || cause instanceof FileNotFoundException) {
                return new Reply.Refused(call + ": " + cause.getMessage());
            }
        }
        return new Reply.Broken(call + ": " + e);
    }

    private static RequestOptions to(URI url) {
        if (UnixUrl.is(url)) {
            return new RequestOptions().setServer(SocketAddress.domainSocketAddress(UnixUrl.socket(url).toString()))
                    .setHost(HOST_OF_UNIX_SOCKET)
                    .setPort(80)
                    .setURI(UnixUrl.target(url));
        }
        return new RequestOptions().setHost(host(url))
                .setPort(port(url))
                .setSsl("https".equals(url.getScheme()))
                .setURI(target(url));
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
