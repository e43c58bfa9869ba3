// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.bounds.ReadBudget;
import dev.lastcall.metadata.ProviderText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to the API server. Thread-safe; its verbs block the calling virtual or platform thread for at most the call's own
 * bound, and never throw for what the server or the network does.
 */
public final class KubernetesApi implements ApiCalls, AutoCloseable {

    /** Largest answer. Nothing in etcd is above 1.5 MiB, and a page of {@link ListWatch} holds 50 pods of 10 to 30 KiB. */
    static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    /** Most characters of a server's own message that are passed on. */
    private static final int MAX_MESSAGE = 200;

    /** How the API server words it; a proxy may keep the words and lose the details. */
    private static final Pattern NOT_FOUND = Pattern.compile("([a-z.]{1,100}) \"([a-z0-9.-]{1,253})\" not found");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI server;
    private final ServiceAccount account;
    private final ApiConnection connection;
    private final ReadBudget budget;
    private final ApiTally tally = new ApiTally();

    /** Makes a client with a budget of its own. */
    public KubernetesApi(Vertx vertx, URI server, ServiceAccount account) {
        this(vertx, server, account, ReadBudget.ofProcess());
    }

    /**
     * Makes a client; nothing is asked yet.
     *
     * @param vertx owns the sockets; stays open when this is closed
     * @param server {@code https://host:port}; plain {@code http} sends the token in the clear and is for tests
     * @param budget of what is read at a time
     */
    public KubernetesApi(Vertx vertx, URI server, ServiceAccount account, ReadBudget budget) {
        this.budget = budget;
        this.server = server;
        this.account = account;
        this.connection = new ApiConnection(vertx, server.getScheme().equals("https")
                ? Optional.of(account.authorities())
                : Optional.empty());
    }

    /** What became of the calls so far. */
    public ApiTally tally() {
        return tally;
    }

    @Override
    public ApiReply call(Call call) {
        ApiReply reply = attempt(call);
        tally.note(call, reply);
        return reply;
    }

    private ApiReply attempt(Call call) {
        RequestOptions options;
        try {
            options = options(call);
        } catch (IOException noToken) {
            return new ApiReply.Unreachable(call + ": no credentials: " + noToken.getMessage());
        }
        long millis = Math.max(1, call.bound().toMillis());
        try (ReadBudget.Place place = budget.open()) {
            Future<ApiReply> exchange = connection.client()
                    .request(options)
                    .compose(request -> {
                        long doubt = connection.doubt(request.connection());
                        return send(request, call)
                                .compose(response -> body(response, place).map(body -> reply(call, response, body)))
                                .timeout(millis, TimeUnit.MILLISECONDS)
                                .onComplete(_ -> connection.trust(doubt))
                                .onFailure(e -> request.reset());
                    });
            return exchange.await(millis + 1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return new ApiReply.Unreachable(call + ": no whole answer within " + millis + " ms");
        } catch (Exception broken) { // what the exchange failed with, checked or not, or a client that is closed already
            connection.failed(broken);
            return broken instanceof BodyTooLargeException
                    ? new ApiReply.TooLarge(call + ": " + broken.getMessage())
                    : new ApiReply.Unreachable(call + ": " + reason(broken));
        }
    }

    /**
     * Opens a watch.
     *
     * @return the stream, or why there is none; the caller closes it
     */
    Opened watch(Call call) {
        ReadBudget.Place place = budget.open();
        Opened opened = watch(call, place);
        if (opened.stream() == null) {
            place.close();
        }
        return opened;
    }

    private Opened watch(Call call, ReadBudget.Place place) {
        try {
            long millis = call.bound().toMillis();
            HttpClientRequest request = connection.client().request(options(call)).await(millis, TimeUnit.MILLISECONDS);
            var stream = new WatchStream(request, place);
            HttpClientResponse response = stream.open(send(request, call)).await(millis, TimeUnit.MILLISECONDS);
            if (response.statusCode() == 200) {
                tally.note(call, new ApiReply.Ok(JSON.missingNode()));
                return new Opened(stream, null);
            }
            ApiReply reply = reply(call, response, stream.rest(call.bound()));
            tally.note(call, reply);
            return new Opened(null, reply);
        } catch (Exception broken) { // await() throws what the exchange failed with, checked or not
            connection.failed(broken);
            ApiReply reply = new ApiReply.Unreachable(call + ": " + reason(broken));
            tally.note(call, reply);
            return new Opened(null, reply);
        }
    }

    private static final class BodyTooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        BodyTooLargeException(String message) {
            super(message);
        }
    }

    /**
     * What came of opening a watch: exactly one of the two.
     *
     * @param stream the watch
     * @param refusal why there is none
     */
    record Opened(@Nullable WatchStream stream, @Nullable ApiReply refusal) {}

    private RequestOptions options(Call call) throws IOException {
        String host = server.getHost().replace("[", "").replace("]", "");
        boolean tls = server.getScheme().equals("https");
        int port = server.getPort() > 0 ? server.getPort() : tls ? 443 : 80;
        return new RequestOptions().setMethod(switch (call.verb()) {
            case GET, LIST, WATCH -> HttpMethod.GET;
            case CREATE -> HttpMethod.POST;
            case PATCH -> HttpMethod.PATCH;
            case DELETE -> HttpMethod.DELETE;
        })
                .setHost(host)
                .setPort(port)
                .setSsl(tls)
                .setURI(call.path())
                .setFollowRedirects(false)
                .setConnectTimeout(Math.min(call.bound().toMillis(), ApiConnection.CONNECT_BOUND.toMillis()))
                .putHeader("Authorization", "Bearer " + account.token())
                .putHeader("Accept", "application/json")
                .putHeader("User-Agent", "lastcall");
    }

    private static Future<HttpClientResponse> send(HttpClientRequest request, Call call) {
        if (call.body().isEmpty()) {
            return request.send();
        }
        return request.putHeader("Content-Type", call.contentType()).send(call.body());
    }

    private static Future<Buffer> body(HttpClientResponse response, ReadBudget.Place place) {
        Promise<Buffer> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(promise::tryFail);
        response.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BODY_BYTES) {
                promise.tryFail(new BodyTooLargeException("the answer is larger than " + MAX_BODY_BYTES + " bytes"));
            } else if (!place.take(chunk.length())) {
                promise.tryFail(new BodyTooLargeException("no room: too much is being read at this moment"));
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.endHandler(_ -> promise.tryComplete(body));
        return promise.future();
    }

    private ApiReply reply(Call call, HttpClientResponse response, Buffer body) {
        int status = response.statusCode();
        JsonNode json;
        try {
            json = body.length() == 0 ? JSON.createObjectNode() : JSON.readTree(body.getBytes());
        } catch (JacksonException notJson) {
            json = JSON.createObjectNode();
            if (status / 100 == 2) {
                return new ApiReply.Unreachable(call + ": " + status + " with a body that is not JSON");
            }
        }
        if (status / 100 == 2) {
            return new ApiReply.Ok(json);
        }
        if (status == 401) {
            account.refused();
        }
        return new ApiReply.Refused(status, call + ": " + status + " " + printable(json.path("message").asString("")),
                retryAfter(response, json), absent(status, json));
    }

    /** A 404 of a path, or of a proxy between, names no object. */
    private static Optional<ApiReply.Absent> absent(int status, JsonNode json) {
        if (status != 404 || !json.path("kind").asString("").equals("Status")
                || !json.path("reason").asString("").equals("NotFound")) {
            return Optional.empty();
        }
        JsonNode details = json.path("details");
        if (!details.path("name").asString("").isEmpty()) {
            return Optional
                    .of(new ApiReply.Absent(details.path("kind").asString(""), details.path("name").asString("")));
        }
        Matcher worded = NOT_FOUND.matcher(json.path("message").asString(""));
        return worded.matches() ? Optional.of(new ApiReply.Absent(worded.group(1), worded.group(2))) : Optional.empty();
    }

    /** From the header, or from the status object, as the API server gives it with a refused eviction. */
    private static Optional<Duration> retryAfter(HttpClientResponse response, JsonNode json) {
        String header = response.getHeader("Retry-After");
        if (header != null && header.matches("[0-9]{1,5}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(header)));
        }
        int seconds = json.path("details").path("retryAfterSeconds").asInt(0);
        return seconds > 0 ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty();
    }

    static String printable(String text) {
        return ProviderText.printable(text, MAX_MESSAGE);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : " " + printable(message));
    }

    static String utf8(Buffer buffer) {
        return buffer.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connection.close();
    }
}
