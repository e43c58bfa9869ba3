// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.api.ApiServer;
import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.api.FakeDesk;
import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.api.PreStopHold;
import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.agent.values.Secret;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

@Timeout(30)
class ControlTest {

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final FakeDesk desk = new FakeDesk();
    private ApiServer server;
    private CapturedTerminal terminal;

    @BeforeEach
    void start() throws IOException {
        Path socket = directory.resolve("l.sock");
        server = new ApiServer(vertx,
                new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.of(Secret.of("0123456789abcdef")), socket),
                SampleViews::reclaimed, desk, ModelAdmin.NONE, PreStopHold.NONE, new Metrics("1"));
        server.openTcp();
        server.openSocket();
        terminal = new CapturedTerminal(
                Map.of("LASTCALL_API_SOCKET", socket.toString(), "LASTCALL_CONFIG", "/dev/null"));
    }

    @AfterEach
    void stop() {
        server.close();
        vertx.close().await();
    }

    @Test
    void statusIsShownOrPrintedAsOneDocument() {
        assertThat(terminal.run("status")).isZero();
        assertThat(terminal.out()).contains("NOTICE  spot-interruption by aws-spot: 1m38s left of 2m00s");

        assertThat(terminal.run("status", "--json")).isZero();
        assertThat(terminal.out().lines()).singleElement().asString().startsWith("{\"version\":\"1.2.3\"");
    }

    @Test
    void drainAndUndrainReachTheAgent() {
        assertThat(terminal.run("drain", "--window", "1m30s")).isZero();
        assertThat(terminal.out()).isEqualTo("draining llama, 60s left\n");
        assertThat(terminal.run("undrain")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(terminal.err()).isEqualTo("lastcall: the agent refuses: nothing was drained by hand\n");

        assertThat(terminal.run("reopen", "a \"b\"")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(terminal.err()).isEqualTo("lastcall: llama does not answer; start it\n");
        assertThat(terminal.run("forget")).isZero();
        assertThat(terminal.out()).isEqualTo("forgotten\n");

        assertThat(desk.asked()).containsExactly("drain 90", "undrain", "reopen a \"b\"", "forget");
    }

    @Test
    void overTcpTheTokenOfTheEnvironmentIsSent() {
        String api = "--api=http://127.0.0.1:" + server.port();

        assertThat(terminal.run("status", api)).isZero();
        assertThat(terminal.run("drain", api)).isEqualTo(ExitCode.FAILURE.code());
        assertThat(new CapturedTerminal(Map.of("LASTCALL_API_TOKEN", "0123456789abcdef")).run("drain", api)).isZero();

        assertThat(desk.asked()).containsExactly("drain 60");
    }

    @Test
    void absentAgentIsReportedInOneLine() {
        assertThat(terminal.run("status", "--socket", directory.resolve("none.sock").toString()))
                .isEqualTo(ExitCode.FAILURE.code());
        assertThat(terminal.err().lines()).singleElement().asString().contains("none.sock").contains("is it running");
    }

    @Test
    void whatHangsOrIsNoAgentIsGivenUp() throws IOException {
        try (ServerSocket peer = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            AgentClient client = AgentClient.onTcp(URI.create("http://127.0.0.1:" + peer.getLocalPort()), null)
                    .within(Duration.ofMillis(300));

            assertThatIOException().isThrownBy(() -> client.ask("GET", "/", ""))
                    .withMessageContaining("no answer within 0.3 s");
            peer.accept().close();
            Thread.ofVirtual().start(() -> answer(peer));
            assertThatIOException().isThrownBy(() -> client.ask("GET", "/", ""))
                    .withMessageContaining("does not speak HTTP");
        }
    }

    private static void answer(ServerSocket peer) {
        try (Socket socket = peer.accept()) {
            socket.getOutputStream().write("SSH-2.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
