// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;

/** What of a vLLM a drain without a gate sees: its gauges. */
final class FakeVllm implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger running = new AtomicInteger();

    FakeVllm() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/metrics", exchange -> {
            byte[] body = """
                    vllm:num_requests_running{engine="0"} %d
                    vllm:num_requests_waiting{engine="0"} 0
                    """.formatted(running.get()).getBytes(StandardCharsets.UTF_8);
            try (exchange) {
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void running(int requests) {
        running.set(requests);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
