// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.ProviderText;
import dev.lastcall.metadata.time.AnswerTime;
import dev.lastcall.metadata.time.ProviderTimes;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;

/**
 * {@link MetadataTransport} over Vert.x Web Client, on one event loop.
 *
 * <p>The client's own time-outs do not bound a body that trickles, and it drains a body that its codec refuses; so each
 * exchange has a timer and a cap of its own here, which close its connection. For that an interceptor, which Web Client
 * offers to its own extensions, takes hold of the request.
 *
 * <p>Thread-safe. Closing it closes its connections and not the Vert.x instance.
 */
public final class WebClientTransport implements MetadataTransport, AutoCloseable {

    /** Bound on connecting; a link-local server answers within milliseconds. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

    /** Longest body read. The largest there is, an Azure document of a big scale set, stays below. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    /**
     * Connections to one server: two hanging requests of Google's, and of each plain one that hangs those beside it. A question
     * that finds none waits behind the ones that hang.
     */
    private static final int MAX_CONNECTIONS = 40;

    /** Questions waiting for a connection; each path has one at most. */
    private static final int MAX_WAITING = 32;

    /** How long an idle connection is kept: longer than any source's pause but the slowest. */
    private static final int KEEP_ALIVE_SECONDS = 60;

    /** Stale connections in a row before the failure is reported; no more are in the pool while the server answers. */
    private static final int MAX_STALE = 8;

    /** How much longer than its bound an exchange is awaited, should the event loop be late. */
    private static final long GRACE_MILLIS = 1_000;

    private static final String NO_CONNECTION = ": no connection in " + text(CONNECT_TIMEOUT);

    private final Vertx vertx;
    private final Context context;
    private final NodeClock clock;
    private final WebClient client;
    /** Connections that have carried a request. Confined to the event loop of {@link #context}. */
    private final Set<HttpConnection> used = Collections.newSetFromMap(new WeakHashMap<>());

    /** A transport on {@code vertx}, which stamps answers by {@code clock}. */
    public WebClientTransport(Vertx vertx, NodeClock clock) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.clock = clock;
        WebClientOptions options = new WebClientOptions();
        options.setUserAgent("lastcall");
        options.setFollowRedirects(false);
        options.setProtocolVersion(HttpVersion.HTTP_1_1);
        options.setKeepAlive(true);
        options.setKeepAliveTimeout(KEEP_ALIVE_SECONDS);
        options.setPipelining(false);
        options.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        options.setTcpNoDelay(true);
        this.client = WebClient.create(vertx, options,
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
        ((WebClientInternal) client).addInterceptor(this::holdRequest);
    }

    @Override
    public MetadataAnswer ask(MetadataRequest request) throws InterruptedException {
        long end = System.nanoTime() + request.total().toNanos();
        for (int stale = 0;; stale++) {
            Duration left = Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
            CappedBody body = new CappedBody(MAX_BODY_BYTES, clock);
            try {
                return response(exchange(request, left, body), body);
            } catch (Failure failure) {
                boolean again = failure.stale && request.retriesStale() && stale < MAX_STALE
                        && end - System.nanoTime() > 0;
                if (!again) {
                    return new MetadataAnswer.Failed(problem(request, failure.why, body.wasSent()));
                }
            }
        }
    }

    private HttpResponse<Buffer> exchange(MetadataRequest request, Duration left, CappedBody body)
            throws InterruptedException, Failure {
        Promise<HttpResponse<Buffer>> promise = Promise.promise();
        context.runOnContext(v -> {
            try {
                send(request, left, body, promise);
            } catch (RuntimeException e) {
                promise.tryFail(e);
            }
        });
        try {
            return promise.future().await(left.toMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Failure(new TimeoutException(), body);
        } catch (RuntimeException e) {
            throw new Failure(e, body);
        } catch (Exception e) {
            // Vert.x throws the exchange's own failure, and the interruption, unchecked and undeclared.
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new Failure(e, body);
        } finally {
            if (!promise.future().isComplete()) {
                context.runOnContext(v -> body.giveUp(new TimeoutException()));
            }
        }
    }

    private void send(MetadataRequest request, Duration left, CappedBody body, Promise<HttpResponse<Buffer>> promise) {
        HttpRequest<Buffer> http = question(request);
        request.headers().forEach(http::putHeader);
        long timer = vertx.setTimer(Math.max(1, left.toMillis()), id -> {
            TimeoutException late = new TimeoutException();
            body.giveUp(late);
            promise.tryFail(late);
        });
        var answer = http.ssl(request.endpoint().tls())
                .connectTimeout(Math.min(left.toMillis() + 1, CONNECT_TIMEOUT.toMillis()))
                .as(body);
        boolean bodiless = request.body().isEmpty() && request.method() == MetadataRequest.Method.GET;
        (bodiless ? answer.send() : answer.sendBuffer(Buffer.buffer(request.body()))).onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.succeeded()) {
                promise.tryComplete(done.result());
            } else {
                promise.tryFail(done.cause());
            }
        });
    }

    private HttpRequest<Buffer> question(MetadataRequest request) {
        Endpoint endpoint = request.endpoint();
        HttpMethod method = HttpMethod.valueOf(request.method().name());
        String socket = endpoint.socket();
        if (socket != null) {
            return client.request(method, SocketAddress.domainSocketAddress(socket), endpoint.port(), endpoint.host(),
                    request.path());
        }
        // An IPv6 address wears brackets, for the Host header as for the resolver.
        String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
        return client.request(method, endpoint.port(), host, request.path());
    }

    private void holdRequest(HttpContext<?> exchange) {
        if (exchange.phase() == ClientPhase.SEND_REQUEST && exchange.request().bodyCodec() instanceof CappedBody body) {
            HttpClientRequest request = exchange.clientRequest();
            // The exchange handles each failure; without handlers request and connection log it as well.
            request.exceptionHandler(failure -> {});
            HttpConnection connection = request.connection();
            boolean fresh = used.add(connection);
            if (fresh) {
                connection.exceptionHandler(failure -> {});
            }
            body.sentAs(request, !fresh);
        }
        exchange.next();
    }

    private static MetadataAnswer response(HttpResponse<Buffer> response, CappedBody body) {
        Map<String, String> headers = new LinkedHashMap<>();
        response.headers().forEach((name, value) -> headers.putIfAbsent(name, value));
        String date = response.getHeader("Date");
        Instant dated = date == null ? null : ProviderTimes.parse(date).orElse(null);
        Buffer bytes = response.body();
        return new MetadataAnswer.Response(response.statusCode(), headers, bytes == null ? "" : bytes.toString(),
                new AnswerTime(body.headersNanos(), body.headersWallTime(), dated));
    }

    private static MetadataProblem problem(MetadataRequest request, Throwable cause, boolean sent) {
        String said = ProviderText.printable(String.valueOf(cause.getMessage()), 120);
        return switch (cause) {
            case TimeoutException late -> new MetadataProblem(Kind.TIMEOUT,
                    request + (sent ? ": no whole answer in " + text(request.total()) : NO_CONNECTION));
            case ConnectTimeoutException late -> new MetadataProblem(Kind.TIMEOUT, request + NO_CONNECTION);
            case CappedBody.BodyTooLarge large -> new MetadataProblem(Kind.MALFORMED, request + ": " + said);
            case ConnectException refused ->
                new MetadataProblem(Kind.UNREACHABLE, request + ": no connection: " + said);
            case UnknownHostException unknown -> new MetadataProblem(Kind.UNREACHABLE, request + ": unknown host");
            case IOException broken -> new MetadataProblem(Kind.UNREACHABLE, request + ": connection broke: " + said);
            case VertxException broken ->
                new MetadataProblem(Kind.UNREACHABLE, request + ": connection broke: " + said);
            default -> new MetadataProblem(Kind.MALFORMED, request + ": not understood as HTTP: " + said);
        };
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    @Override
    public void close() {
        client.close();
    }

    /** Carries why an exchange failed to where that is judged. */
    private static final class Failure extends Exception {
        private final Throwable why;
        private final boolean stale;

        private Failure(Throwable cause, CappedBody body) {
            super(cause);
            this.why = cause;
            boolean late = cause instanceof TimeoutException;
            this.stale = !late && body.wasStale();
        }
    }
}
