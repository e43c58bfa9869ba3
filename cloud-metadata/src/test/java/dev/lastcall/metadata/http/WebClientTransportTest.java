// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.testing.ScriptedServer;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class WebClientTransportTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx();
    private final WebClientTransport transport = new WebClientTransport(vertx, NodeClock.system());

    @AfterEach
    void close() {
        transport.close();
        vertx.close().await();
    }

    @Test
    void readsStatusHeadersBodyAndDate() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> connection.answer(404, "no such key",
                "Date: Tue, 24 Nov 2026 12:00:05 GMT", "ETag: abc"))) {
            MetadataAnswer.Response response = response(get(server, "/latest/x?y=z", LONG));

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.body()).isEqualTo("no such key");
            assertThat(response.header("etag")).isEqualTo("abc");
            assertThat(response.at().date()).isEqualTo(Instant.parse("2026-11-24T12:00:05Z"));
            ScriptedServer.Request request = server.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /latest/x?y=z HTTP/1.1");
            assertThat(request.headers()).noneMatch(h -> h.toLowerCase(java.util.Locale.ROOT).startsWith("upgrade"))
                    .contains("X-Asked: yes")
                    .anyMatch(h -> h.equalsIgnoreCase("host: 127.0.0.1:" + server.port()));
        }
    }

    @Test
    void keepsItsConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> connection.answer(200, "x"))) {
            for (int i = 0; i < 50; i++) {
                assertThat(response(get(server, "/", LONG)).status()).isEqualTo(200);
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void boundIncludesABodyThatStalls() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.hang();
        })) {
            assertThat(problem(get(server, "/", SHORT)).kind()).isEqualTo(Kind.TIMEOUT);
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void boundIncludesABodyThatTrickles() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            for (int i = 0; i < 100_000; i++) {
                connection.send("x");
                NodeClock.system().sleep(Duration.ofMillis(20));
            }
        })) {
            MetadataProblem problem = problem(get(server, "/", SHORT));
            assertThat(problem.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(problem.message()).contains("GET http://127.0.0.1:", "no whole answer in 300 ms");
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void boundIncludesHeadersThatNeverCome() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> connection.hang())) {
            assertThat(problem(get(server, "/", SHORT)).kind()).isEqualTo(Kind.TIMEOUT);
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void refusesABodyOverTheCapAndClosesTheConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 1_000_000; i++) {
                connection.send("1000\r\n" + "x".repeat(4096) + "\r\n");
            }
        })) {
            MetadataProblem problem = problem(get(server, "/", LONG));
            assertThat(problem.kind()).isEqualTo(Kind.MALFORMED);
            assertThat(problem.message()).contains("over 262144 bytes");
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void asksAgainWhereTheServerHasClosedTheKeptConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            if (request.number() % 2 == 0) {
                connection.reset();
            } else {
                connection.answer(200, "token-" + request.number());
            }
        })) {
            MetadataRequest put = new MetadataRequest(MetadataRequest.Method.PUT, endpoint(server), "/token", Map.of(),
                    "", LONG, true);
            assertThat(response(ask(put)).body()).isEqualTo("token-1");
            assertThat(response(ask(put)).body()).as("the second was reset, the third answered").isEqualTo("token-3");
            assertThat(server.requests()).hasSize(3).allMatch(r -> r.line().startsWith("PUT /token"));
        }
    }

    @Test
    void doesNotAskAgainWhereAFreshConnectionBreaks() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> connection.reset())) {
            assertThat(problem(get(server, "/", LONG)).kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void doesNotAskAgainWhereTheQuestionForbidsIt() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            if (request.number() == 1) {
                connection.answer(200, "x");
            } else {
                connection.reset();
            }
        })) {
            MetadataRequest once = new MetadataRequest(MetadataRequest.Method.GET, endpoint(server), "/", Map.of(), "",
                    LONG, false);
            assertThat(response(ask(once)).status()).isEqualTo(200);
            assertThat(problem(ask(once)).kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void connectionThatBreaksInTheBodyIsNoAnswer() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"action\": \"ter");
            connection.close();
        })) {
            assertThat(problem(get(server, "/", LONG)).kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void whatIsNotHttpIsMalformedOrUnreachableAndNeverThrows() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> {
            connection.send("\u0000\u0001 not http at all\r\n\r\n");
            connection.close();
        })) {
            assertThat(problem(get(server, "/", LONG)).kind()).isIn(Kind.MALFORMED, Kind.UNREACHABLE);
        }
    }

    @Test
    void refusedConnectionIsUnreachable() throws Exception {
        int port;
        try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = reserved.getLocalPort();
        }
        MetadataRequest request = MetadataRequest.get(Endpoint.http("127.0.0.1", port), "/", Map.of(), LONG);
        assertThat(problem(ask(request)).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void followsNoRedirect() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                (request, connection) -> connection.answer(302, "", "Location: http://127.0.0.1:1/elsewhere"))) {
            assertThat(response(get(server, "/", LONG)).status()).isEqualTo(302);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void goesDirectWhateverProxyIsConfigured() throws Exception {
        String before = System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", "1");
        System.setProperty("http.nonProxyHosts", "");
        try (ScriptedServer server = new ScriptedServer((request, connection) -> connection.answer(200, "direct"));
                WebClientTransport fresh = new WebClientTransport(vertx, NodeClock.system())) {
            MetadataRequest request = MetadataRequest.get(endpoint(server), "/", Map.of(), LONG);
            assertThat(response(onVirtualThread(fresh, request)).body()).isEqualTo("direct");
            assertThat(server.requests().getFirst().line()).isEqualTo("GET / HTTP/1.1");
        } finally {
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
            if (before == null) {
                System.clearProperty("http.proxyHost");
            }
        }
    }

    @Test
    void speaksToAnIpv6Address() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        try (ScriptedServer server = new ScriptedServer(loopback,
                (request, connection) -> connection.answer(200, "six"))) {
            MetadataRequest request = MetadataRequest.get(Endpoint.http("::1", server.port()), "/", Map.of(), LONG);
            assertThat(response(ask(request)).body()).isEqualTo("six");
            assertThat(server.requests().getFirst().headers())
                    .anyMatch(h -> h.equalsIgnoreCase("host: [::1]:" + server.port()));
        } catch (IOException unsupported) {
            org.junit.jupiter.api.Assumptions.abort("no IPv6 loopback here: " + unsupported);
        }
    }

    @Test
    void interruptionGivesTheExchangeUp() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, connection) -> connection.hang())) {
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    outcome.set(transport.ask(MetadataRequest.get(endpoint(server), "/", Map.of(), LONG)));
                } catch (InterruptedException e) {
                    outcome.set(e);
                }
            });
            await().until(() -> server.requests().size() == 1);
            asking.interrupt();
            asking.join();

            assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void endpointIsReadFromAUrl() {
        assertThat(Endpoint.parse("http://[fd00:ec2::254]/")).isEqualTo(Endpoint.http("fd00:ec2::254"));
        assertThat(Endpoint.parse("http://127.0.0.1:1338")).isEqualTo(Endpoint.http("127.0.0.1", 1338));
        assertThat(Endpoint.parse("https://notices.example").port()).isEqualTo(443);
        assertThat(Endpoint.http("fd00:ec2::254")).hasToString("http://[fd00:ec2::254]");
        assertThatThrownBy(() -> Endpoint.parse("ftp://x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.parse("169.254.169.254")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.http("x", 70_000)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Endpoint endpoint(ScriptedServer server) {
        return Endpoint.http("127.0.0.1", server.port());
    }

    private MetadataAnswer get(ScriptedServer server, String path, Duration total) throws Exception {
        return ask(MetadataRequest.get(endpoint(server), path, Map.of("X-Asked", "yes"), total));
    }

    private MetadataAnswer ask(MetadataRequest request) throws Exception {
        return onVirtualThread(transport, request);
    }

    private static MetadataAnswer onVirtualThread(MetadataTransport transport, MetadataRequest request)
            throws Exception {
        var task = new java.util.concurrent.FutureTask<>(() -> transport.ask(request));
        Thread.ofVirtual().start(task);
        return task.get();
    }

    private static MetadataAnswer.Response response(MetadataAnswer answer) {
        assertThat(answer).isInstanceOf(MetadataAnswer.Response.class);
        return (MetadataAnswer.Response) answer;
    }

    private static MetadataProblem problem(MetadataAnswer answer) {
        assertThat(answer).isInstanceOf(MetadataAnswer.Failed.class);
        return ((MetadataAnswer.Failed) answer).problem();
    }
}
