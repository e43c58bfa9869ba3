// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.bounds.ReadBudget;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.agent.server.ServerKind;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers whose answers are made to fill the agent's memory: what is read of them is bounded for each and in sum. */
@Timeout(60)
class HostileBodiesTest {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final long BUDGET = 6L * 1024 * 1024;

    private final Vertx vertx = Vertx.vertx();
    private final ReadBudget budget = ReadBudget.of(BUDGET);
    private final LocalHttp http = new LocalHttp(vertx, budget);
    private final FakeHttpServer server = new FakeHttpServer(vertx);

    @AfterEach
    void close() {
        http.close();
        vertx.close().await();
    }

    private static void endless(HttpServerRequest request, String text) {
        var response = request.response().setChunked(true);
        response.exceptionHandler(_ -> {});
        Runnable more = () -> {
            while (!response.closed() && !response.writeQueueFull()) {
                response.write(text);
            }
        };
        response.drainHandler(_ -> more.run());
        more.run();
    }

    private InFlight gauge(String path, String pointer) {
        return new KindProbe(() -> ServerKind.GENERIC, Access.open(server.url()),
                Optional.of(new GaugeSource.Json(server.url().resolve(path), pointer)), http).read(BOUND);
    }

    private InFlightProbe metrics() {
        return new KindProbe(() -> ServerKind.GENERIC, Access.open(server.url()),
                Optional.of(new GaugeSource.Metrics(server.url().resolve("/metrics"), Set.of("running"))), http);
    }

    @Test
    void metricsWithoutAnEndHoldNothing() {
        server.handle("/metrics", request -> endless(request, "other{a=\"b\"} 1\n".repeat(100)));
        assertThat(metrics().read(BOUND)).isInstanceOf(InFlight.Unclear.class);
        assertThat(budget.refused()).isZero();

        server.handle("/metrics", request -> endless(request, "running{a=\"b\"} 1\n".repeat(100)));
        assertThat(metrics().read(BOUND)).isInstanceOf(InFlight.Unclear.class);

        server.handle("/metrics", request -> endless(request, "running{a=\"" + "b".repeat(10_000)));
        assertThat(metrics().read(BOUND)).isInstanceOf(InFlight.Unclear.class);
    }

    @Test
    void ofTheLinesThatAreWantedOnlySoMuchIsKept() {
        LineFilter many = new LineFilter(_ -> true);
        byte[] lines = "running 1\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        for (int taken = 0; taken <= 2 * LineFilter.MAX_KEPT; taken += lines.length) {
            many.take(lines);
        }
        many.end();
        assertThat(many.text().length()).isBetween(LineFilter.MAX_KEPT / 2, LineFilter.MAX_KEPT);
        assertThat(many.isWhole()).isFalse();

        LineFilter one = new LineFilter(_ -> true);
        one.take("r".repeat(LineFilter.MAX_LINE).getBytes(StandardCharsets.US_ASCII));
        one.take("r".repeat(LineFilter.MAX_LINE).getBytes(StandardCharsets.US_ASCII));
        one.end();
        assertThat(one.text()).isEmpty();
        assertThat(one.isWhole()).isFalse();
    }

    @Test
    void ofALargePageOfMetricsOnlyTheGaugesAreKept() {
        server.on("/metrics", "# HELP other nothing\n" + "other{a=\"b\"} 1\n".repeat(200_000) + "running 7\n"
                + "running_by_reason 9\n".repeat(1000) + "running{engine=\"1\"} 2");
        assertThat(metrics().read(BOUND)).isEqualTo(new InFlight.Gauged(9));
    }

    @Test
    void aLargeJsonIsCountedWithoutATreeAndOneWithoutAnEndIsCutOff() {
        server.on("/json", "{\"a\": [" + "[],".repeat(400_000) + "[]], \"queue\": {\"running\": 5}}");
        assertThat(gauge("/json", "/queue/running")).isEqualTo(new InFlight.Gauged(5));
        server.on("/json", "{\"a\": [1, {\"x\": [2]}, 3], \"queue\": 1}");
        assertThat(gauge("/json", "/a")).isEqualTo(new InFlight.Gauged(3));
        server.handle("/json", request -> endless(request, "[".repeat(10_000)));
        assertThat(gauge("/json", "/queue/running")).isInstanceOf(InFlight.Unclear.class);
        assertThat(budget.held()).isZero();
    }

    @Test
    void bodiesThatFillTheBudgetLeaveMetricsAndHealthReadable() {
        server.on("/metrics", "running 4\n");
        server.on("/health", "{}");
        server.on("/json", "{\"pad\": \"" + "x".repeat(10_000) + "\", \"running\": 1}");
        try (ReadBudget.Place full = budget.open()) {
            assertThat(full.take((int) (BUDGET / 3))).isTrue();

            assertThat(gauge("/json", "/running")).isInstanceOfSatisfying(InFlight.Unclear.class,
                    unclear -> assertThat(unclear.toString()).contains("no room"));
            assertThat(metrics().read(BOUND)).isEqualTo(new InFlight.Gauged(4));
            assertThat(new KindHealth(() -> ServerKind.VLLM, Access.open(server.url()), http).read(BOUND))
                    .isInstanceOf(HealthReading.Answered.class);
        }
        assertThat(gauge("/json", "/running")).isEqualTo(new InFlight.Gauged(1));
        assertThat(budget.held()).isZero();
    }

    @Test
    void aBodyHasItsPlaceUntilItIsUnderstood() {
        server.on("/text", "x".repeat(1000));
        URI url = server.url().resolve("/text");
        long held = http.get(url, Map.of(), 5000, BOUND, _ -> budget.held());
        assertThat(held).isEqualTo(3000);
        assertThat(budget.held()).isZero();
    }
}
