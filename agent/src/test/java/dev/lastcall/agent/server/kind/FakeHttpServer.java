// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;

/** A real HTTP server on a port of its own that gives the answers it was given and records what it was asked. */
final class FakeHttpServer implements AutoCloseable {

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Handler<HttpServerRequest>> answers = new ConcurrentHashMap<>();
    private final HttpServer server;
    private volatile Handler<HttpServerRequest> otherwise = unknown -> unknown.response().setStatusCode(404).end("{}");

    FakeHttpServer(Vertx vertx) {
        server = vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1").await();
    }

    private void answer(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        asked.add(request.method() + " " + request.uri() + (authorization == null ? "" : " " + authorization));
        answers.getOrDefault(request.path(), otherwise)
                .handle(request);
    }

    FakeHttpServer on(String path, String body) {
        return on(path, 200, body);
    }

    FakeHttpServer on(String path, int status, String body) {
        return handle(path, request -> request.response().setStatusCode(status).end(body));
    }

    FakeHttpServer handle(String path, Handler<HttpServerRequest> handler) {
        answers.put(path, handler);
        return this;
    }

    /** What every path answers that was given no answer of its own. */
    void otherwise(int status, String body) {
        otherwise = request -> request.response().setStatusCode(status).end(body);
    }

    int port() {
        return server.actualPort();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    @Override
    public void close() {
        server.close().await();
    }
}
