// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.http.MetadataRequest.Method;
import dev.lastcall.metadata.testing.FakeServer;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TokenServerTest {

    private static final Endpoint FOUR = Endpoint.http("127.0.0.4");
    private static final Endpoint SIX = Endpoint.http("::6");

    private final ManualClock clock = new ManualClock();
    private final FakeServer fake = new FakeServer(clock);
    private final AtomicInteger granted = new AtomicInteger();
    private final Map<String, Long> expiries = new ConcurrentHashMap<>();
    private final AtomicInteger unauthorized = new AtomicInteger();
    private volatile long grantedNanos;
    private volatile int ttl = 21_600;

    @Test
    void asksForOneTokenAndKeepsIt() throws Exception {
        fake.script(this::wellBehaved);
        TokenServer server = server(false, FOUR);
        for (int i = 0; i < 100; i++) {
            assertThat(status(server)).isEqualTo(200);
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(fake.count(Method.PUT, "/token")).isEqualTo(1);
        assertThat(fake.requests().getFirst().headers()).containsEntry("ttl", "21600");
    }

    @Test
    void concurrentQuestionsShareOneRequestForAToken() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fake.script(request -> {
            if (request.method() == Method.PUT) {
                release.await();
            }
            return wellBehaved(request);
        });
        TokenServer server = server(false, FOUR);
        List<FutureTask<Integer>> questions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FutureTask<Integer> question = new FutureTask<>(() -> status(server));
            questions.add(question);
            Thread.ofVirtual().start(question);
        }
        await().until(() -> fake.count(Method.PUT, "/token") == 1);
        release.countDown();
        for (FutureTask<Integer> question : questions) {
            assertThat(question.get()).isEqualTo(200);
        }
        assertThat(fake.count(Method.PUT, "/token")).isEqualTo(1);
    }

    @Test
    void refreshesBeforeTheTokenExpiresSoThatNo401IsSeen() throws Exception {
        ttl = 60;
        fake.script(this::wellBehaved);
        TokenServer server = server(false, FOUR);
        for (int i = 0; i < 600; i++) {
            int before = granted.get();
            assertThat(status(server)).isEqualTo(200);
            boolean due = i > 0 && clock.nanoTime() - grantedNanos >= Duration.ofSeconds(30).toNanos();
            await().pollInterval(Duration.ofMillis(1)).until(() -> !due || granted.get() > before);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(granted.get()).isBetween(19, 21);
        assertThat(unauthorized).hasValue(0);
    }

    @Test
    void longLivedTokenIsRefreshedAtFourFifthsOfItsLife() throws Exception {
        fake.script(this::wellBehaved);
        TokenServer server = server(false, FOUR);
        status(server);
        clock.advance(Duration.ofSeconds(17_279));
        status(server);
        assertThat(granted).hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        status(server);

        await().until(() -> granted.get() == 2);
    }

    @Test
    void failedRefreshKeepsTheOldTokenAndIsNotRepeatedAtEveryQuestion() throws Exception {
        fake.script(this::wellBehaved);
        TokenServer server = server(false, FOUR);
        status(server);
        AtomicInteger refused = new AtomicInteger();
        fake.script(request -> {
            if (request.method() == Method.PUT) {
                refused.incrementAndGet();
                return fake.status(503, "");
            }
            return wellBehaved(request);
        });
        clock.advance(Duration.ofMinutes(288));
        for (int i = 0; i < 100; i++) {
            assertThat(status(server)).isEqualTo(200);
            clock.advance(Duration.ofMillis(100));
        }
        await().until(() -> refused.get() >= 1);
        assertThat(refused.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void rejectedTokenIsReplacedOnceAndTheQuestionPutOnceMore() throws Exception {
        fake.script(this::wellBehaved);
        TokenServer server = server(false, FOUR);
        status(server);
        expiries.clear();

        assertThat(status(server)).isEqualTo(200);
        assertThat(fake.count(Method.PUT, "/token")).isEqualTo(2);
        assertThat(fake.count(Method.GET, "/x")).isEqualTo(3);
    }

    @Test
    void tokenThatIsRejectedAgainIsNotReplacedAThirdTime() throws Exception {
        fake.script(request -> request.method() == Method.PUT ? fake.ok("useless") : fake.status(401, ""));
        TokenServer server = server(false, FOUR);

        assertThat(status(server)).isEqualTo(401);
        assertThat(fake.count(Method.PUT, "/token")).isEqualTo(2);
        assertThat(fake.count(Method.GET, "/x")).isEqualTo(2);
    }

    @Test
    void withoutATokenNothingIsAskedUnlessThatIsAllowed() throws Exception {
        fake.script(request -> request.method() == Method.PUT ? FakeServer.failed(Kind.TIMEOUT) : fake.ok("v1"));
        MetadataAnswer answer = server(false, FOUR).get("/x", Map.of());

        assertThat(answer).isInstanceOfSatisfying(MetadataAnswer.Failed.class,
                failed -> assertThat(failed.problem().kind()).isEqualTo(Kind.TIMEOUT));
        assertThat(fake.count(Method.GET, "/x")).isZero();
    }

    @Test
    void whereItIsAllowedATokenIsAskedForOnlyOnceAMinute() throws Exception {
        fake.script(request -> request.method() == Method.PUT ? FakeServer.failed(Kind.TIMEOUT) : fake.ok("v1"));
        TokenServer server = server(true, FOUR);
        for (int i = 0; i < 300; i++) {
            assertThat(status(server)).isEqualTo(200);
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(fake.count(Method.GET, "/x")).isEqualTo(300);
        assertThat(fake.count(Method.PUT, "/token")).isEqualTo(5);
        assertThat(fake.requests().stream().filter(r -> r.method() == Method.GET))
                .noneMatch(r -> r.headers().containsKey("token"));
    }

    @Test
    void fasterOfTwoEndpointsIsAskedAndTheOtherTriedWhenItFails() throws Exception {
        AtomicBoolean sixWorks = new AtomicBoolean(true);
        CountDownLatch blackhole = new CountDownLatch(1);
        fake.script(request -> {
            if (request.endpoint().equals(FOUR) && sixWorks.get()) {
                blackhole.await();
            }
            return request.endpoint().equals(SIX) && !sixWorks.get()
                    ? FakeServer.failed(Kind.UNREACHABLE)
                    : wellBehaved(request);
        });
        TokenServer server = server(false, FOUR, SIX);
        assertThat(status(server)).as("the blackholed one costs nothing").isEqualTo(200);
        assertThat(fake.requests().getLast().endpoint()).isEqualTo(SIX);

        sixWorks.set(false);
        assertThat(server.get("/x", Map.of())).isInstanceOf(MetadataAnswer.Failed.class);
        assertThat(server.get("/x", Map.of())).isInstanceOf(MetadataAnswer.Failed.class);
        assertThat(status(server)).isEqualTo(200);
        assertThat(fake.requests().getLast().endpoint()).isEqualTo(FOUR);
    }

    @Test
    void bodyThatIsNoTokenIsRefused() throws Exception {
        for (String body : List.of("", "  ", "two words", "x".repeat(2_000), "a\u0000b", "<html>\n</html>")) {
            fake.script(request -> fake.ok(body));
            assertThat(server(false, FOUR).get("/x", Map.of())).isInstanceOfSatisfying(MetadataAnswer.Failed.class,
                    failed -> assertThat(failed.problem().kind()).isEqualTo(Kind.MALFORMED));
        }
    }

    private TokenServer server(boolean allowWithout, Endpoint... endpoints) {
        return new TokenServer(fake, List.of(endpoints),
                new TokenContract("/token", "ttl", "token", TokenContract.MAX_TTL, allowWithout),
                Explainer.PLAIN, Duration.ofSeconds(2), clock);
    }

    private MetadataAnswer wellBehaved(MetadataRequest request) {
        if (request.method() == Method.PUT) {
            String token = "token-" + granted.incrementAndGet();
            grantedNanos = clock.nanoTime();
            expiries.put(token, grantedNanos + Duration.ofSeconds(ttl).toNanos());
            return fake.ok(token, Map.of("ttl", Integer.toString(ttl)));
        }
        Long expiry = expiries.get(request.headers().getOrDefault("token", ""));
        if (expiry == null || expiry - clock.nanoTime() <= 0) {
            unauthorized.incrementAndGet();
            return fake.status(401, "");
        }
        return fake.ok("value");
    }

    private static int status(TokenServer server) throws InterruptedException {
        return server.get("/x", Map.of()) instanceof MetadataAnswer.Response response ? response.status() : -1;
    }
}
