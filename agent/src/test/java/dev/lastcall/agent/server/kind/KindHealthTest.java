// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;

import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.ServerKind;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

final class KindHealthTest {

    private static final Duration BOUND = Duration.ofSeconds(5);

    private final Vertx vertx = Vertx.vertx();
    private final LocalHttp http = new LocalHttp(vertx);
    private final FakeHttpServer server = new FakeHttpServer(vertx);

    @AfterEach
    void close() {
        http.close();
        vertx.close().await();
    }

    private HealthReading read(ServerKind kind, URI url) {
        return new KindHealth(() -> kind, Access.open(url), http).read(BOUND);
    }

    @Test
    void aServerThatLoadsItsModelIsNotYetUp() {
        server.on("/health", 503, "{\"status\":\"loading model\"}");

        assertThat(read(ServerKind.LLAMA_SERVER, server.url())).isInstanceOf(HealthReading.Loading.class);
    }

    @Test
    void onlyTheHealthPathIsAsked() {
        server.on("/health", "{\"status\":\"ok\"}");

        assertThat(read(ServerKind.VLLM, server.url())).isEqualTo(new HealthReading.Answered());
        assertThat(server.asked).containsExactly("GET /health");
    }

    /** Some run a model for an answer on their health path. */
    @ParameterizedTest
    @EnumSource(names = {"SGLANG", "TRTLLM", "TGI", "TEI", "DJL", "LMDEPLOY", "GENERIC"})
    void aKindWhoseHealthPathMayCostIsOnlyConnectedTo(ServerKind kind) {
        assertThat(read(kind, server.url())).isEqualTo(new HealthReading.Answered());
        assertThat(server.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"VLLM", "GENERIC"})
    void aPortWhereNothingListensIsUnreachable(ServerKind kind) throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        assertThat(read(kind, URI.create("http://127.0.0.1:" + port))).isInstanceOf(HealthReading.Unreachable.class);
    }

    @Test
    void aServerOnOneAddressOfItsNameIsReachable() throws IOException {
        try (ServerSocket v6 = new ServerSocket(0, 1, InetAddress.getAllByName("::1")[0])) {
            assertThat(read(ServerKind.GENERIC, URI.create("http://[::1]:" + v6.getLocalPort())))
                    .isEqualTo(new HealthReading.Answered());
        }
    }
}
