// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A small streaming completion server that differs from a llama-server only in what it says: numbered words, at a set
 * rate, so that a missing one is seen.
 *
 * <p>It has the paths that a drain meets ({@code /v1/completions}, {@code /health}, {@code /metrics}, {@code /props})
 * and the manners of the real ones: {@link #stop()} drops whatever is in flight. Thread-safe.
 */
public final class CompletionServer implements AutoCloseable {

    private static final int MAX_BODY_BYTES = 1024 * 1024;
    private static final int MAX_TOKENS = 100_000;
    private static final int DEFAULT_TOKENS = 16;
    private static final Duration BIND_BOUND = Duration.ofSeconds(10);
    private static final Duration STOP_BOUND = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx;
    private final HttpServer server;
    private final long millisPerToken;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean stopped;

    private CompletionServer(Vertx vertx, long millisPerToken) {
        this.vertx = vertx;
        this.millisPerToken = millisPerToken;
        this.server = vertx.createHttpServer();
        server.requestHandler(this::route);
    }

    /**
     * Starts one on a free port of loopback.
     *
     * @param tokensPerSecond how fast every stream runs; 1 to 1000
     */
    public static CompletionServer start(Vertx vertx, int tokensPerSecond) {
        if (tokensPerSecond < 1 || tokensPerSecond > 1000) {
            throw new IllegalArgumentException("tokens per second " + tokensPerSecond + ": 1 to 1000");
        }
        var server = new CompletionServer(vertx, 1000L / tokensPerSecond);
        try {
            server.server.listen(0, "127.0.0.1").await(BIND_BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException("binding a port of loopback took longer than " + BIND_BOUND, late);
        }
        return server;
    }

    /** Where it listens, such as {@code http://127.0.0.1:40001}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    /** Requests that it is working on. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Whether it has been asked to stop. */
    public boolean isStopped() {
        return stopped;
    }

    /** What a real one does on SIGTERM: gone at once, and every connection with it. Idempotent. */
    public void stop() {
        stopped = true;
        try {
            server.close().await(STOP_BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException("closing a server of the demo took longer than " + STOP_BOUND, late);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void route(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        switch (String.valueOf(request.path())) {
            case "/v1/completions", "/completions", "/completion" -> {
                if (request.method().equals(HttpMethod.POST)) {
                    complete(request);
                } else {
                    answer(response, 405, "{\"error\":{\"code\":405,\"message\":\"POST only\"}}");
                }
            }
            case "/health" -> answer(response, 200, "{\"status\":\"ok\"}");
            case "/v1/models" -> answer(response, 200, "{\"object\":\"list\",\"data\":[{\"id\":\"demo\"}]}");
            case "/props" -> answer(response, 200, "{\"total_slots\":64,\"model_path\":\"demo\"}");
            case "/metrics" -> {
                response.putHeader("Content-Type", "text/plain; version=0.0.4");
                response.end("""
                        # TYPE llamacpp:requests_processing gauge
                        llamacpp:requests_processing %d
                        # TYPE llamacpp:requests_deferred gauge
                        llamacpp:requests_deferred 0
                        """.formatted(inFlight.get()));
            }
            default -> answer(response, 404, "{\"error\":{\"code\":404,\"message\":\"no such path\"}}");
        }
    }

    private void complete(HttpServerRequest request) {
        inFlight.incrementAndGet();
        HttpServerResponse response = request.response();
        response.endHandler(done -> inFlight.decrementAndGet());
        response.exceptionHandler(gone -> {});
        response.closeHandler(gone -> {
            if (!response.ended()) {
                inFlight.decrementAndGet();
            }
        });
        var body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() + part.length() > MAX_BODY_BYTES) {
                answer(response, 413, "{\"error\":{\"code\":413,\"message\":\"request too large\"}}");
                request.handler(null);
            } else {
                body.appendBuffer(part);
            }
        });
        request.endHandler(whole -> {
            if (!response.ended()) {
                begin(response, body);
            }
        });
    }

    private void begin(HttpServerResponse response, Buffer body) {
        JsonNode asked;
        try {
            asked = JSON.readTree(body.getBytes());
        } catch (JacksonException malformed) {
            answer(response, 400, "{\"error\":{\"code\":400,\"message\":\"not JSON\"}}");
            return;
        }
        int tokens = Math.clamp(asked.path("max_tokens").asInt(DEFAULT_TOKENS), 1, MAX_TOKENS);
        if (asked.path("stream").asBoolean(false)) {
            response.setChunked(true).putHeader("Content-Type", "text/event-stream");
            new Stream(response, tokens).run();
        } else {
            vertx.setTimer(tokens * millisPerToken, due -> {
                if (!response.closed()) {
                    answer(response, 200, choice(words(tokens), "\"length\"", tokens));
                }
            });
        }
    }

    /** One stream: a word at each tick, none while the client is slow to read. */
    private final class Stream {
        private final HttpServerResponse response;
        private final int tokens;
        private int sent;

        private Stream(HttpServerResponse response, int tokens) {
            this.response = response;
            this.tokens = tokens;
        }

        private void run() {
            vertx.setPeriodic(0, millisPerToken, this::tick);
        }

        private void tick(long timer) {
            if (response.closed()) {
                vertx.cancelTimer(timer);
            } else if (sent == tokens) {
                vertx.cancelTimer(timer);
                event(choice("", "\"length\"", tokens));
                event("[DONE]");
                response.end();
            } else if (!response.writeQueueFull()) {
                event(choice(word(sent++), "null", -1));
            }
        }

        private void event(String data) {
            response.write("data: " + data + "\n\n");
        }
    }

    private static String word(int number) {
        return " w" + number;
    }

    private static String words(int tokens) {
        var text = new StringBuilder();
        for (int number = 0; number < tokens; number++) {
            text.append(word(number));
        }
        return text.toString();
    }

    private static String choice(String text, String finishReason, int tokens) {
        String usage = tokens < 0 ? "" : ",\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":" + tokens + "}";
        return "{\"object\":\"text_completion\",\"model\":\"demo\",\"choices\":[{\"index\":0,\"text\":\"" + text
                + "\",\"logprobs\":null,\"finish_reason\":" + finishReason + "}]" + usage + "}";
    }

    private static void answer(HttpServerResponse response, int status, String json) {
        response.setStatusCode(status).putHeader("Content-Type", "application/json").end(json);
    }
}
