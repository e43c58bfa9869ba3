// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import dev.lastcall.agent.Main;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.metadata.cloud.Cloud;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class InitCommandTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    /** No cloud is asked: nothing listens there. */
    private Map<String, String> environment() {
        return Map.of("LASTCALL_API_SOCKET", folder.resolve("l.sock").toString(), "LASTCALL_AWS_ENDPOINTS",
                "http://127.0.0.1:1", "LASTCALL_GCP_ENDPOINT", "http://127.0.0.1:1", "LASTCALL_AZURE_ENDPOINT",
                "http://127.0.0.1:1");
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.commands(new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), environment(), false,
                100)).run(args);
    }

    private static HttpServer llama() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String answer = switch (path) {
                case "/v1/models" -> "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"llamacpp\"}]}";
                case "/props" -> "{\"total_slots\":1}";
                default -> "{}";
            };
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            try (exchange) {
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(answer.equals("{}") ? 404 : 200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }

    private static AgentConfig config(Path file) {
        return switch (ConfigReader.read(new ConfigInputs(file, true, Map.of(), List.of()))) {
            case ConfigResult.Valid valid -> valid.config();
            case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems().toString());
        };
    }

    @Test
    void aServerIsFoundAndDescribed() throws IOException {
        Path file = folder.resolve("new/lastcall.yaml");
        HttpServer server = llama();
        try {
            int port = server.getAddress().getPort();
            assertThat(run("init", "--output", file.toString(), "--ports", Integer.toString(port))).isZero();

            assertThat(out.toString()).contains("server  llama-server at http://127.0.0.1:" + port,
                    "gate    127.0.0.1:",
                    "wrote   " + file + "\n", "next    lastcall config check " + file + "\n");
            assertThat(config(file).servers()).singleElement().satisfies(found -> {
                assertThat(found.name()).isEqualTo("llama-server");
                assertThat(found.url()).hasPort(port);
                assertThat(found.gate().orElseThrow().listen().getHostString()).isEqualTo("127.0.0.1");
            });
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-r-----");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whereNothingIsFoundItSaysSoAndWritesComments() throws IOException {
        Path file = folder.resolve("lastcall.yaml");
        int port;
        try (ServerSocket none = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = none.getLocalPort();
        }

        assertThat(run("init", "--output", file.toString(), "--ports", Integer.toString(port))).isZero();
        assertThat(out.toString()).contains("server  none answers on ports [" + port + "] of this node");
        assertThat(config(file).servers()).isEmpty();
        assertThat(file).content().contains("#servers:");
    }

    @Test
    void aFileThatIsThereIsReplacedByForceAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("lastcall.yaml"), "mine\n");

        assertThat(run("init", "--output", file.toString(), "--ports", "1")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("lastcall: " + file
                + " is there already; --force replaces it, --output FILE writes elsewhere\n");
        assertThat(file).hasContent("mine\n");

        assertThat(run("init", "--output", file.toString(), "--ports", "1", "--force")).isZero();
        assertThat(file).content().startsWith("# Made by lastcall init.");
        assertThat(folder.toFile().list()).containsExactly("lastcall.yaml");
    }

    @Test
    void wrongPortsAreAUsageError() {
        assertThat(run("init", "--output", folder.resolve("x").toString(), "--ports", "http")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void aServerThatHangsDoesNotHoldUpTheRest() throws IOException, InterruptedException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(folder.resolve("l.yaml"), "discovery: { ports: [" + silent.getLocalPort()
                    + "] }\ngcp: { endpoint: 'http://127.0.0.1:1' }\naws: { endpoints: ['http://127.0.0.1:1'] }\n"
                    + "azure: { endpoint: 'http://127.0.0.1:1' }\napi: { socket: " + folder + "/l.sock }\n");
            Path dmi = Files.createDirectories(folder.resolve("sys/class/dmi/id"));
            var _ = Files.writeString(dmi.resolve("sys_vendor"), "Amazon EC2\n");

            Survey survey = new NodeSurvey(config(file), folder, vertx).look(Duration.ofMillis(1500));

            assertThat(survey.late()).containsExactly("servers: no answer in time");
            assertThat(survey.servers()).isEmpty();
            assertThat(survey.cloud().cloud()).isEqualTo(Cloud.AWS);
        }
    }
}
