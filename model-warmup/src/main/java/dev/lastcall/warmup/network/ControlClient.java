// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.X509TrustManager;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.FollowedHosts;
import dev.lastcall.warmup.http.HttpProxy;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.Proxies;
import dev.lastcall.warmup.http.ProxyException;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.Silences;
import dev.lastcall.warmup.store.StoreException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import org.jspecify.annotations.Nullable;

/**
 * Small requests to stores: probes, listings, tokens. One event loop, bodies bounded, every call bounded in time,
 * redirects left to the caller. Blocks the calling thread, which must not be an event loop. Thread-safe.
 */
public final class ControlClient implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** To one origin at once: no look of a listing waits for another, as with the library's five. */
    public static final int MAX_CONNECTIONS = 32;

    /** A page of a listing from a busy store takes some seconds. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    /** Our handlers only copy bytes; on a busy node the checker would only report that the node is busy. */
    private static final long CHECK_BLOCKED_MILLIS = Duration.ofHours(1).toMillis();

    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
    private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\d{3})");

    /** Of a proxy that gave none. */
    private static final int NO_STATUS = 502;

    private final Vertx vertx;
    private final HttpClient plain;
    private final Proxies proxies;
    private final FollowedHosts followed;
    private final X509TrustManager trust;
    private @Nullable HttpClient secure; // guarded by this

    ControlClient(X509TrustManager trust, Proxies proxies, FollowedHosts followed) {
        this.trust = trust;
        this.followed = followed;
        this.proxies = proxies;
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setWorkerPoolSize(1)
                .setUseDaemonThread(true)
                // Else each process that is killed leaves a folder in /tmp.
                .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false))
                .setBlockedThreadCheckInterval(CHECK_BLOCKED_MILLIS));
        this.plain = vertx.createHttpClient(options(), pool());
    }

    private static HttpClientOptions options() {
        return new HttpClientOptions().setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setMaxHeaderSize(32 * 1024)
                .setKeepAliveTimeout(10);
    }

    private static PoolOptions pool() {
        return new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS);
    }

    /** Made when the first is asked by TLS: to load what speaks it costs more than many a warm-up's calls. */
    private synchronized HttpClient secure() {
        HttpClient made = secure;
        if (made == null) {
            HttpClientOptions options = options().setTrustOptions(TrustOptions.wrap(trust)).setVerifyHost(true);
            if (OpenSsl.isAvailable()) {
                options.setSslEngineOptions(new OpenSSLEngineOptions());
            }
            made = vertx.createHttpClient(options, pool());
            secure = made;
        }
        return made;
    }

    /**
     * A response.
     *
     * @param head status and fields
     * @param body at most as many bytes as were asked for
     * @param truncated whether there was more
     */
    public record Response(ResponseHead head, Buffer body, boolean truncated) {
        public String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        public int status() {
            return head.status();
        }
    }

    /**
     * A request.
     *
     * @param method such as {@code GET}
     * @param target path and query as they go onto the wire, already encoded
     * @param headers without {@code Host}
     * @param maxBodyBytes where the response's body is cut off
     * @param timeout for the whole call
     */
    public record Call(String method, Origin origin, String target, Map<String, String> headers, Buffer body,
            int maxBodyBytes,
            Duration timeout) {
        public static Call get(Origin origin, String target, Map<String, String> headers, int maxBodyBytes) {
            return new Call("GET", origin, target, headers, Buffer.buffer(), maxBodyBytes, CALL_TIMEOUT);
        }

        @Override
        public String toString() {
            // Without the query: it can carry a signature.
            int query = target.indexOf('?');
            return method + " " + origin + (query < 0 ? target : target.substring(0, query));
        }
    }

    /** Sends it once. Any status is an answer; no answer is an exception. */
    public Response send(Call call) throws StoreException, InterruptedException {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.valueOf(call.method()))
                .setHost(call.origin().host())
                .setPort(call.origin().port())
                .setSsl(call.origin().tls())
                .setURI(call.target())
                .setFollowRedirects(false);
        call.headers().forEach(options::putHeader);
        Optional<HttpProxy> proxy = proxyOf(call);
        proxy.map(ControlClient::options).ifPresent(options::setProxyOptions);
        if (proxy.isEmpty() && followed.zones(call.origin().host()).isPresent()) {
            options.setServer(server(call));
        }
        AtomicReference<@Nullable HttpClientRequest> begun = new AtomicReference<>();
        HttpClient client = call.origin().tls() ? secure() : plain;
        Future<Response> answer = client.request(options).compose(request -> {
            begun.set(request);
            Future<HttpClientResponse> sent = call.body().length() == 0
                    ? request.send()
                    : request.send(call.body());
            return sent.compose(response -> collect(request, response, call.maxBodyBytes()));
        }).timeout(call.timeout().toMillis(), TimeUnit.MILLISECONDS);
        try {
            Response response = answer.await();
            if (response.status() == PROXY_AUTHENTICATION_REQUIRED && proxy.isPresent()) {
                throw refused(call, ProxyException.of(call.toString(), proxy.get(), response.status()));
            }
            return response;
        } catch (RuntimeException e) {
            reset(begun.get());
            throw failure(call, proxy, e);
        } catch (StoreException e) {
            throw e;
        } catch (Exception e) {
            // await() throws checked exceptions undeclared: the failure itself, and that of an interruption.
            reset(begun.get());
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw failure(call, proxy, e);
        }
    }

    private Optional<HttpProxy> proxyOf(Call call) throws StoreException {
        try {
            return proxies.of(call.origin());
        } catch (ProxyException e) {
            throw refused(call, e);
        }
    }

    /** What is dialled is what was judged: the client would look the name up again. */
    private SocketAddress server(Call call) throws StoreException {
        try {
            return SocketAddress.inetSocketAddress(
                    new InetSocketAddress(followed.lookUp(call.origin().host()).getFirst(), call.origin().port()));
        } catch (UnknownHostException e) {
            throw new StoreException(Silences.of(call.toString(), e, StoreProblem.UNREACHABLE), e);
        }
    }

    /** Hosts that stores sent us to. */
    FollowedHosts followed() {
        return followed;
    }

    /** Whether a proxy looks the host's name up, and not this machine. */
    boolean isProxied(Origin origin) {
        try {
            return proxies.of(origin).isPresent();
        } catch (ProxyException unusable) {
            // No call gets through: the first says why.
            return true;
        }
    }

    private static StoreException failure(Call call, Optional<HttpProxy> proxy, Exception e) {
        if (proxy.isPresent() && e instanceof ProxyConnectException) {
            return refused(call, ProxyException.of(call.toString(), proxy.get(), proxyStatus(e)));
        }
        return new StoreException(Silences.of(call.toString(), e, StoreProblem.UNREACHABLE), e);
    }

    /** What the proxy answered; the client has it only in its message. */
    private static int proxyStatus(Exception e) {
        Matcher status = PROXY_STATUS.matcher(String.valueOf(e.getMessage()));
        return status.find() ? Integer.parseInt(status.group(1)) : NO_STATUS;
    }

    private static StoreException refused(Call call, ProxyException e) {
        return new StoreException(Silences.of(call.toString(), e,
                e.isRefusal() ? StoreProblem.REFUSED : StoreProblem.UNREACHABLE), e);
    }

    private static ProxyOptions options(HttpProxy proxy) {
        ProxyOptions options = new ProxyOptions().setType(ProxyType.HTTP).setHost(proxy.host()).setPort(proxy.port());
        return proxy.user().isEmpty() ? options : options.setUsername(proxy.user()).setPassword(proxy.password());
    }

    /** A call that was given up must not keep its connection: there are only so many for each origin. */
    private static void reset(@Nullable HttpClientRequest request) {
        if (request != null) {
            var _ = request.reset();
        }
    }

    private static Future<Response> collect(HttpClientRequest request, HttpClientResponse response, int maxBodyBytes) {
        Promise<Response> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        ResponseHead head = head(response);
        response.handler(chunk -> {
            body.appendBuffer(chunk);
            if (body.length() > maxBodyBytes
                    && promise.tryComplete(new Response(head, body.slice(0, maxBodyBytes), true))) {
                var _ = request.reset();
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(end -> promise.tryComplete(new Response(head, body, false)));
        return promise.future();
    }

    private static ResponseHead head(HttpClientResponse response) {
        Map<String, List<String>> fields = new HashMap<>();
        response.headers()
                .forEach((name, value) -> fields
                        .computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                        .add(value));
        return new ResponseHead(response.statusCode(), fields);
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
