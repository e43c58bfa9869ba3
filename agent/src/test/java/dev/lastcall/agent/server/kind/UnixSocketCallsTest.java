// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.values.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the agent asks a server that is on a Unix socket, against a real one. */
final class UnixSocketCallsTest {

    private static final Duration BOUND = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final LocalHttp http = new LocalHttp(vertx);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private URI url;

    @BeforeEach
    void listen() {
        Path socket = directory.resolve("vllm with a blank.sock");
        url = URI.create("unix://" + socket.toUri().getRawPath());
        vertx.createHttpServer().requestHandler(request -> {
            asked.add(request.uri() + " for " + request.getHeader("Host") + " " + request.getHeader("Authorization"));
            switch (String.valueOf(request.path())) {
                case "/version" -> request.response().end("{\"version\":\"0.29.0\"}");
                case "/v1/models" -> request.response().end("{\"data\":[{\"owned_by\":\"vllm\"}]}");
                case "/metrics" -> request.response().end("vllm:num_requests_running 3\nvllm:num_requests_waiting 1\n");
                case "/health" -> request.response().end();
                default -> request.response().setStatusCode(404).end();
            }
        }).listen(SocketAddress.domainSocketAddress(socket.toString())).await();
    }

    @AfterEach
    void close() {
        http.close();
        vertx.close().await();
    }

    @Test
    void itsKindIsRecognisedWithItsKey() {
        assertThat(new KindRecognizer(http).recognize(new Access(url, Optional.of(Secret.of("secret")))))
                .isInstanceOfSatisfying(Recognition.Recognised.class,
                        recognised -> assertThat(recognised.kind()).isEqualTo(ServerKind.VLLM));
        assertThat(asked).contains("/version for localhost Bearer secret");
    }

    @Test
    void itsGaugesAreRead() {
        assertThat(new KindProbe(() -> ServerKind.VLLM, Access.open(url), Optional.empty(), http).read(BOUND))
                .isInstanceOfSatisfying(InFlight.Gauged.class, read -> assertThat(read.count()).isEqualTo(4));
    }

    @Test
    void itIsHealthyWhereItAnswersOrOnlyListens() {
        assertThat(health(ServerKind.VLLM, url)).isEqualTo(new HealthReading.Answered());
        assertThat(health(ServerKind.GENERIC, url)).isEqualTo(new HealthReading.Answered());
        assertThat(asked).containsExactly("/health for localhost null");
    }

    @Test
    void aSocketThatIsNotThereOrHasNoServerIsUnreachable() throws IOException {
        Path left = directory.resolve("left.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(left)).close();
        for (Path gone : List.of(left, directory.resolve("none.sock"))) {
            for (ServerKind kind : List.of(ServerKind.VLLM, ServerKind.GENERIC)) {
                assertThat(health(kind, URI.create("unix://" + gone))).as(kind + " " + gone)
                        .isInstanceOf(HealthReading.Unreachable.class);
            }
        }
    }

    @Test
    void aServerWithAFullQueueIsSilentAndHoldsUpNothing() throws IOException {
        Path busy = directory.resolve("busy.sock");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(busy);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address, 1);
                SocketChannel first = SocketChannel.open(address);
                SocketChannel second = SocketChannel.open(address)) {
            for (ServerKind kind : List.of(ServerKind.VLLM, ServerKind.GENERIC)) {
                assertThat(health(kind, URI.create("unix://" + busy))).as(kind.toString())
                        .isInstanceOf(HealthReading.Silent.class);
            }
            assertThat(List.of(listener.isOpen(), first.isConnected(), second.isConnected())).doesNotContain(false);
        }
    }

    private HealthReading health(ServerKind kind, URI at) {
        return new KindHealth(() -> kind, Access.open(at), http).read(BOUND);
    }
}
