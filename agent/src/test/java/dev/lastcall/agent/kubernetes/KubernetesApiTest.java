// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.bounds.ReadBudget;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class KubernetesApiTest {

    private static final NodeClock CLOCK = NodeClock.system();
    private static final Call GET_NODE = Call.get("/api/v1/nodes/gpu-1");

    private final Vertx vertx = Vertx.vertx();
    private FakeCluster cluster;
    private KubernetesApi api;

    @BeforeEach
    void startCluster() throws IOException {
        cluster = FakeCluster.start();
        cluster.put(SampleObjects.nodeYaml("gpu-1"));
        api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), CLOCK));
    }

    @AfterEach
    void closeAll() {
        api.close();
        cluster.close();
        vertx.close().await();
    }

    @Test
    void readsAnObjectOverTlsAndHttp2() {
        assertThat(api.call(GET_NODE)).isInstanceOfSatisfying(ApiReply.Ok.class,
                ok -> assertThat(ok.body().path("metadata").path("name").asString("")).isEqualTo("gpu-1"));
        assertThat(cluster.asked().getFirst().version()).isEqualTo("HTTP_2");
        assertThat(api.tally().count(Call.Verb.GET, ApiTally.Outcome.OK)).isOne();
    }

    @Test
    void aServerThatTheClustersAuthoritiesDoNotVouchForGetsNoToken() throws IOException {
        Path other = Files.createDirectory(cluster.account().resolve("other"));
        Files.copy(TestCertificate.foreignAuthorities(), other.resolve("ca.crt"));
        Files.writeString(other.resolve("token"), FakeCluster.TOKEN);

        try (var distrusting = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(other, CLOCK))) {
            assertThat(distrusting.call(GET_NODE)).isInstanceOf(ApiReply.Unreachable.class);
        }
        assertThat(cluster.asked()).isEmpty();
    }

    @Test
    void aServerOfAnotherNameGetsNoToken() throws IOException {
        URI byName = URI.create("https://localhost:" + cluster.url().getPort());
        try (var elsewhere = new KubernetesApi(vertx, byName, new ServiceAccount(cluster.account(), CLOCK))) {
            assertThat(elsewhere.call(GET_NODE)).isInstanceOf(ApiReply.Unreachable.class);
        }
        assertThat(cluster.asked()).isEmpty();
    }

    @Test
    void aRotatedTokenIsReadAgainWhenTheOldOneIsRefused() throws Exception {
        assertThat(api.call(GET_NODE).isOk()).isTrue();
        cluster.rotateToken("second-token");

        ApiReply reply = ApiRetry.eager(CLOCK).call(() -> api.call(GET_NODE), Duration.ofSeconds(20));

        assertThat(reply.isOk()).isTrue();
        assertThat(cluster.asked()).hasSize(3);
    }

    @Test
    void aTokenThatCannotBeReadAnyMoreStaysInUse() throws IOException {
        assertThat(api.call(GET_NODE).isOk()).isTrue();
        Files.delete(cluster.account().resolve("token"));
        assertThat(api.call(GET_NODE).isOk()).isTrue();
    }

    @Test
    void withoutATokenNothingIsAsked(@TempDir Path empty) throws IOException {
        Files.copy(cluster.account().resolve("ca.crt"), empty.resolve("ca.crt"));
        try (var without = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(empty, CLOCK))) {
            assertThat(without.call(GET_NODE).problem()).contains("no credentials")
                    .contains(empty.resolve("token") + " does not exist; let the kubelet mount it");
        }
        assertThat(cluster.asked()).isEmpty();
    }

    @Test
    void theTokenIsInNoTextThatALogCouldShow() {
        cluster.deny("get nodes");
        ApiReply reply = api.call(GET_NODE);
        assertThat(reply.problem()).contains("403").contains("cannot get nodes").doesNotContain(FakeCluster.TOKEN);
        assertThat(new ServiceAccount(cluster.account(), CLOCK).toString()).doesNotContain(FakeCluster.TOKEN);
        assertThat(api.tally().forbidden()).containsOnlyKeys("get nodes");

        cluster.allow("get nodes");
        assertThat(api.call(GET_NODE).isOk()).isTrue();
        assertThat(api.tally().forbidden()).isEmpty();
    }

    @Test
    void aServerThatAsksToWaitIsTriedAgainAndOneThatFailsToo() throws Exception {
        cluster.fail("get nodes", 1, 429, "1");
        cluster.fail("get nodes", 2, 503, "");
        long begun = System.nanoTime();

        assertThat(ApiRetry.eager(CLOCK).call(() -> api.call(GET_NODE), Duration.ofSeconds(30)).isOk()).isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(cluster.asked()).hasSize(4);
    }

    @Test
    void whatWillNotChangeByAskingIsAskedOnce() throws Exception {
        cluster.removeNode("gpu-1");
        assertThat(ApiRetry.eager(CLOCK).call(() -> api.call(GET_NODE), Duration.ofSeconds(30)).isRefusedWith(404))
                .isTrue();
        assertThat(cluster.asked()).hasSize(1);
    }

    @Test
    void aServerThatHasNotReadItsRolesYetIsAskedAgain() throws Exception {
        cluster.fail("get nodes", 3, 403, "");
        assertThat(ApiRetry.eager(CLOCK).call(() -> api.call(GET_NODE), Duration.ofSeconds(30)).isOk()).isTrue();
        assertThat(cluster.asked()).hasSize(4);
    }

    @Test
    void onlyTheApiServersOwnWordOfAnObjectMeansThatItIsAbsent() {
        cluster.removeNode("gpu-1");
        assertThat(api.call(GET_NODE)).isInstanceOfSatisfying(ApiReply.Refused.class,
                refused -> assertThat(refused.isAbsence("nodes", "gpu-1")).isTrue());
        for (String body : List.of("404 page not found", "", "{}", """
                {"kind":"Status","status":"Failure","reason":"NotFound","details":{},"code":404,
                 "message":"the server could not find the requested resource"}""", """
                {"kind":"Status","reason":"NotFound","details":{"name":"gpu-2","kind":"nodes"},"code":404}""")) {
            cluster.answer("get nodes", 1, 404, body);
            assertThat(api.call(GET_NODE)).as(body)
                    .isInstanceOfSatisfying(ApiReply.Refused.class,
                            refused -> assertThat(refused.isAbsence("nodes", "gpu-1")).isFalse());
        }
    }

    @Test
    void aSlowAnswerIsGivenUpAtTheBoundAndALaterCallIsServed() {
        cluster.slow(Duration.ofSeconds(3));
        assertThat(api.call(GET_NODE.within(Duration.ofMillis(200))).problem()).contains("no whole answer");
        cluster.slow(Duration.ZERO);
        assertThat(api.call(GET_NODE).isOk()).isTrue();
    }

    @Test
    void aServerThatIsAwayIsUnreachable() {
        assertThat(api.call(GET_NODE).isOk()).isTrue();
        cluster.goAway();
        assertThat(api.call(GET_NODE)).isInstanceOf(ApiReply.Unreachable.class);
    }

    @Test
    void aConnectionWhosePeerIsGoneIsGivenUpWithinSecondsAndAnotherIsMade() throws Exception {
        try (DeadLine line = new DeadLine(cluster.url());
                var over = new KubernetesApi(vertx, line.url(), new ServiceAccount(cluster.account(), CLOCK))) {
            assertThat(over.call(GET_NODE).isOk()).isTrue();
            line.goDead();

            // Without the doubt the first attempt alone takes longer than what there is for all.
            ApiReply reply = ApiRetry.eager(CLOCK).call(() -> over.call(GET_NODE), Call.BOUND.minusSeconds(1));

            assertThat(reply.isOk()).as(reply.problem()).isTrue();
        }
    }

    @Test
    void anAnswerThatFindsNoRoomIsTooLargeAndOneThatIsReadLeavesNothingBehind() {
        ReadBudget budget = ReadBudget.of(100_000);
        try (var bounded = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), CLOCK),
                budget)) {
            assertThat(bounded.call(GET_NODE).isOk()).isTrue();
            cluster.answer("get nodes", 1, 200, "{\"pad\":\"" + "x".repeat(40_000) + "\"}");
            assertThat(bounded.call(GET_NODE)).isInstanceOf(ApiReply.TooLarge.class);
        }
        assertThat(budget.held()).isZero();
    }

    @Test
    void aServerThatIsOnlySlowKeepsItsConnection() {
        cluster.slow(Duration.ofSeconds(5));
        assertThat(api.call(GET_NODE).isOk()).isTrue();
        assertThat(cluster.connections()).isOne();
    }

    @Test
    void aServerThatIsBackIsReached() throws Exception {
        cluster.goAway();
        assertThat(api.call(GET_NODE)).isInstanceOf(ApiReply.Unreachable.class);
        cluster.comeBack();
        assertThat(ApiRetry.eager(CLOCK).call(() -> api.call(GET_NODE), Duration.ofSeconds(30)).isOk()).isTrue();
    }

    @Test
    void theAddressIsThatWhichTheKubeletGives() {
        assertThat(ApiServerUrl.inCluster(Map.of())).isEmpty();
        assertThat(ApiServerUrl.inCluster(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT",
                "443"))).contains(URI.create("https://10.96.0.1:443"));
        assertThat(ApiServerUrl.inCluster(Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT",
                "6443"))).contains(URI.create("https://[fd00::1]:6443"));
    }
}
