// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.agent.Golden;
import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.status.view.StatusJson;
import dev.lastcall.agent.status.view.StatusPage;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.agent.values.Secret;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(30)
class ApiServerTest {

    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final FakeDesk desk = new FakeDesk();
    private final Metrics metrics = new Metrics("1.2.3");
    private final AtomicReference<StatusView> view = new AtomicReference<>(SampleViews.quiet());
    private final List<ApiServer> opened = new ArrayList<>();

    private Path socket;
    private RawHttp tcp;
    private RawHttp local;

    @BeforeEach
    void start() throws IOException {
        socket = directory.resolve("run/lastcall.sock");
        ApiServer server = open(null, Duration.ofSeconds(20));
        tcp = RawHttp.tcp(server.port());
        local = RawHttp.local(socket);
    }

    @AfterEach
    void stop() {
        opened.forEach(ApiServer::close);
        vertx.close().await();
    }

    private ApiServer open(@Nullable String token, Duration patience) throws IOException {
        return open(token, patience, PreStopHold.NONE);
    }

    private ApiServer open(@Nullable String token, Duration patience, PreStopHold preStopHold) throws IOException {
        Path path = opened.isEmpty() ? socket : directory.resolve("other" + opened.size() + ".sock");
        ApiServer server = new ApiServer(vertx,
                new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.ofNullable(token).map(Secret::of), path),
                view::get,
                desk, preStopHold, metrics, patience);
        opened.add(server);
        server.openTcp();
        server.openSocket();
        return server;
    }

    @Test
    void healthIsOfTheProcessAndReadinessOfTheNode() {
        assertThat(tcp.get("/healthz")).startsWith("HTTP/1.1 200 ");
        assertThat(tcp.get("/readyz")).startsWith("HTTP/1.1 200 ");

        view.set(SampleViews.overdue());

        assertThat(tcp.get("/healthz")).startsWith("HTTP/1.1 200 ");
        assertThat(tcp.get("/readyz")).startsWith("HTTP/1.1 503 ").contains("gcp-preempted says preemption");
    }

    @Test
    void aNodeThatIsNotProtectedIsNotReadyAndItsPageIsNotGreen() {
        view.set(SampleViews.unprotected());

        assertThat(tcp.get("/healthz")).startsWith("HTTP/1.1 200 ");
        assertThat(tcp.get("/readyz")).startsWith("HTTP/1.1 503 ")
                .contains("server-down: llama refuses connections", "no-good-poll: node");
        assertThat(tcp.get("/")).contains("NOT PROTECTED: server-down (llama), no-good-poll (node)")
                .doesNotContain("class=\"good\">protected");
        assertThat(tcp.get("/v1/status")).contains("\"protected\":false");
    }

    /** A blind source is no reason for a router to leave a node that serves. */
    @Test
    void theDoorIsOpenAlsoWhileTheNodeIsNotProtectedAndClosedFromTheNoticeOn() {
        view.set(SampleViews.unprotected());
        assertThat(tcp.get("/doorz")).startsWith("HTTP/1.1 200 ").contains("open");

        view.set(SampleViews.overdue());
        assertThat(tcp.get("/doorz")).startsWith("HTTP/1.1 503 ").contains("gcp-preempted says preemption");
    }

    @Test
    void aDryRunStaysReadyWhateverItSees() {
        view.set(SampleViews.reclaimed());

        assertThat(tcp.get("/readyz")).startsWith("HTTP/1.1 200 ").contains("dry run");
    }

    @Test
    void metricsAndStatusAreServedOnBothSides() {
        for (RawHttp side : List.of(tcp, local)) {
            assertThat(side.get("/metrics")).contains("lastcall_build_info{").contains("version=0.0.4");
            assertThat(side.get("/v1/status?x=y")).contains("\"doorOpen\":true").contains("application/json");
        }
    }

    @Test
    void statusDocumentIsTheAgreedOne() throws IOException {
        Golden.check("status.json", StatusJson.write(SampleViews.reclaimed()) + "\n");
    }

    @Test
    void pageIsCompleteInItselfAndHarmless() throws IOException {
        view.set(SampleViews.reclaimed());
        String page = StatusPage.html(view.get());

        Golden.check("status.html", page);
        assertThat(page).doesNotContain("<b>").doesNotContain("src=").doesNotContain("href=").doesNotContain("<script");
        assertThat(tcp.get("/")).contains("Content-Security-Policy: default-src 'none'")
                .contains("X-Content-Type-Options");
    }

    @Test
    void headHasNoBody() {
        assertThat(tcp.send("HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({"GET,/nothing,404", "POST,/metrics,405", "DELETE,/v1/drain,405", "GET,/v1/drain,405", "GET,/v1/,404",
        "PUT,/healthz,405", "GET,//v1/status,404", "GET,/v1/../v1/status,404", "OPTIONS,*,404"})
    void whatIsNotOfferedIsRefusedInJson(String method, String path, int status) {
        String answer = tcp.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\"error\":{\"code\":");
    }

    @Test
    void socketTakesTheVerbs() {
        assertThat(local.post("/v1/drain", "{\"window\":\"90s\"}")).startsWith("HTTP/1.1 202 ")
                .contains("draining llama, 60s left");
        assertThat(local.post("/v1/drain", "")).startsWith("HTTP/1.1 202 ");
        assertThat(local.post("/v1/undrain", "")).startsWith("HTTP/1.1 409 ").contains("nothing was drained by hand");
        assertThat(local.post("/v1/notice", "{\"description\":\"rack moves\",\"window\":\"5m\"}"))
                .startsWith("HTTP/1.1 202 ");

        assertThat(desk.asked()).containsExactly("drain 90", "drain 60", "undrain", "notice rack moves 300");
    }

    @Test
    void tcpTakesNoVerbWithoutAToken() {
        assertThat(tcp.post("/v1/drain", "")).startsWith("HTTP/1.1 403 ").contains("control socket");
        assertThat(tcp.post("/v1/drain", "", "Authorization: Bearer ")).startsWith("HTTP/1.1 403 ");

        assertThat(desk.asked()).isEmpty();
    }

    @Test
    void tcpTakesVerbsOfTheBearerOfTheToken() throws IOException {
        RawHttp guarded = RawHttp.tcp(open(TOKEN, Duration.ofSeconds(20)).port());

        assertThat(guarded.post("/v1/undrain", "")).startsWith("HTTP/1.1 401 ").contains("WWW-Authenticate: Bearer");
        assertThat(guarded.post("/v1/drain", "", "Authorization: Bearer 0123456789abcdeX")).startsWith("HTTP/1.1 401 ");
        assertThat(guarded.post("/v1/drain", "", "Authorization: Basic " + TOKEN)).startsWith("HTTP/1.1 401 ");
        assertThat(desk.asked()).isEmpty();
        assertThat(guarded.post("/v1/drain", "", "Authorization: Bearer " + TOKEN)).startsWith("HTTP/1.1 202 ");
        assertThat(desk.asked()).containsExactly("drain 60");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "null", "{\"window\":60}", "{\"window\":\"60\"}", "{\"window\":\"0s\"}",
        "{\"window\":\"3d\"}", "{\"window\":\"1m\",\"window\":\"2m\"}", "{\"windw\":\"1m\"}", "{} {}",
        "{\"window\":null}",
        "{\"window\":{\"window\":\"1m\"}}", "\u0000", "{\"window\":\"1m\"}x", "[[[[[[[[[[[[[[[[[["})
    void badBodiesAreRefused(String body) {
        assertThat(local.post("/v1/drain", body)).startsWith("HTTP/1.1 400 ").contains("\"code\":\"malformed\"");

        assertThat(desk.asked()).isEmpty();
        assertThat(metrics.scrape()).contains("lastcall_api_refused_total{reason=\"malformed\"} 1.0");
    }

    @Test
    void hugeBodiesAreRefusedBeforeTheyAreRead() {
        assertThat(local.post("/v1/drain", " ".repeat(1_000_000))).startsWith("HTTP/1.1 413 ");
        assertThat(local.send("POST /v1/drain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + ("400\r\n" + "x".repeat(1024) + "\r\n").repeat(50))).startsWith("HTTP/1.1 413 ");

        assertThat(desk.asked()).isEmpty();
        assertThat(metrics.scrape()).contains("lastcall_api_refused_total{reason=\"too-large\"} 2.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u0000\u0001\r\n\r\n", "GET /\r\n\r\n",
        "POST /v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /v1/drain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        "POST /v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"})
    void garbageEndsOnlyItsOwnConnection(String garbage) {
        assertThat(local.send(garbage)).doesNotStartWith("HTTP/1.1 2");

        assertThat(desk.asked()).isEmpty();
        assertThat(local.get("/healthz")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void longLinesAndHeadsAreRefused() {
        assertThat(tcp.get("/" + "a".repeat(10_000))).matches("(?s)HTTP/1\\.[01] 414 .*");
        assertThat(tcp.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void slowClientsAreHungUpOnHoweverTheyDawdle() throws IOException {
        RawHttp hasty = RawHttp.tcp(open(null, Duration.ofMillis(300)).port());

        assertThat(hasty.send("")).isEmpty();
        assertThat(hasty.send("GET / HT")).isEmpty();
        assertThat(hasty.send("POST /v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{")).isEmpty();
        assertThat(metrics.scrape()).contains("lastcall_api_refused_total{reason=\"timeout\"} 1.0");
    }

    @Test
    void probesAreAnsweredBesideAPeerThatTakesEveryConnection() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/net/route")), "all of 127.0.0.0/8 is loopback on Linux only");
        List<SocketChannel> greedy = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * ConnectionSlots.Use.WAITING.places(); i++) {
                SocketChannel channel = tcp.openFrom("127.0.0.2");
                greedy.add(channel);
                RawHttp.write(channel, i % 2 == 0 ? "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" : "GET /hea");
            }

            assertThat(tcp.get("/healthz")).startsWith("HTTP/1.1 200 ");
            assertThat(tcp.get("/readyz")).startsWith("HTTP/1.1 200 ");
            assertThat(tcp.get("/metrics")).contains("lastcall_api_refused_total{reason=\"evicted\"}");
            assertThat(local.get("/healthz")).startsWith("HTTP/1.1 200 ");
        } finally {
            close(greedy);
        }
    }

    @Test
    void hooksAreHeldBesideAPeerThatTakesEveryPlaceOfTheirs() throws Exception {
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var others = new AtomicInteger();
        PreStopHold preStopHold = (whom, waitedFor) -> {
            if (whom.equals("ours")) {
                asked.countDown();
            } else {
                others.incrementAndGet();
            }
            awaitQuietly(go);
            return PreStopHold.Held.IDLE;
        };
        RawHttp held = RawHttp.tcp(open(null, Duration.ofSeconds(20), preStopHold).port());
        List<SocketChannel> greedy = new ArrayList<>();
        try {
            for (int i = 1; i <= ConnectionSlots.Use.HOLDING.places(); i++) {
                SocketChannel channel = held.openFrom("127.0.0.2");
                greedy.add(channel);
                RawHttp.write(channel, "GET /v1/hold/others HTTP/1.1\r\nHost: a\r\n\r\n");
                int expected = i;
                await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> assertThat(others).hasValue(expected));
            }
            try (SocketChannel more = held.openFrom("127.0.0.2")) {
                RawHttp.write(more, "GET /v1/hold/others HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(RawHttp.readAll(more)).startsWith("HTTP/1.1 503 ").contains("\"code\":\"crowded\"");
            }
            assertThat(metrics.scrape()).contains("lastcall_api_refused_total{reason=\"overload\"} 1.0");
            var answer = CompletableFuture.supplyAsync(() -> held.get("/v1/hold/ours"));

            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(held.get("/healthz")).startsWith("HTTP/1.1 200 ");
            assertThat(answer).isNotDone();
            go.countDown();
            assertThat(answer.get(20, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200 ").endsWith("idle\n");
        } finally {
            go.countDown();
            close(greedy);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(List<SocketChannel> channels) throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    @Test
    void socketIsForItsOwnerAndGroupOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-rw----");
        try (var files = Files.list(socket.getParent())) {
            assertThat(files).containsExactly(socket);
        }
    }

    @Test
    void socketOfALivingAgentIsLeftAlone() {
        assertThatIOException().isThrownBy(() -> second().openSocket())
                .withMessageContaining("another agent answers on it");

        assertThat(local.get("/healthz")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void staleSocketIsReplacedAndOtherFilesAreNot() throws IOException {
        opened.getFirst().close();
        try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(socket));
        }

        second().openSocket();
        assertThat(local.get("/healthz")).startsWith("HTTP/1.1 200 ");

        opened.getLast().close();
        assertThat(socket).doesNotExist();
        Files.writeString(socket, "precious");
        assertThatIOException().isThrownBy(() -> second().openSocket()).withMessageContaining("is no socket");
        assertThat(socket).hasContent("precious");
    }

    @Test
    void takenPortIsReportedWithTheKeyToChange() {
        ApiServer other = new ApiServer(vertx,
                new ApiSettings(new ListenAddress("127.0.0.1", opened.getFirst().port()), Optional.empty(),
                        directory.resolve("x.sock")),
                view::get, desk, PreStopHold.NONE, metrics);

        assertThatIOException().isThrownBy(other::openTcp).withMessageContaining("api.listen");
    }

    private ApiServer second() {
        ApiServer server = new ApiServer(vertx,
                new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.empty(), socket),
                view::get,
                desk, PreStopHold.NONE, metrics);
        opened.add(server);
        return server;
    }
}
