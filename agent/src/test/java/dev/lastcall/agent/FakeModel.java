// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A model server on a free port: {@code /hold} answers only once it is released, everything else at once. */
final class FakeModel implements AutoCloseable {

    /** What a held request is answered, at last. */
    static final String HELD_ANSWER = "an answer that took its time";

    private final HttpServer server;
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean loaded;

    FakeModel() throws IOException {
        this(0);
    }

    /** One on this port, as when a server is started again. */
    FakeModel(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, 200, "at once"));
        server.createContext("/hold", this::hold);
        server.createContext("/v2", exchange -> answer(exchange, loaded ? 404 : 503, ""));
        onceLoaded("/props", "{\"total_slots\":4}");
        onceLoaded("/v1/models", "{\"data\":[{\"owned_by\":\"llamacpp\"}]}");
        server.start();
    }

    private void onceLoaded(String path, String body) {
        server.createContext(path, exchange -> answer(exchange, loaded ? 200 : 503, loaded ? body : ""));
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Requests whose answer is being held. */
    int held() {
        return held.get();
    }

    /** Lets every held request be answered. */
    void release() {
        released.countDown();
    }

    /** From now on it is recognised as a llama-server. */
    void load() {
        loaded = true;
    }

    private void hold(HttpExchange exchange) throws IOException {
        held.incrementAndGet();
        try {
            released.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
        answer(exchange, 200, HELD_ANSWER);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        release();
        server.stop(0);
    }
}
