// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.lastcall.agent.bounds.ReadBudget;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ListWatchTest {

    private static final NodeClock CLOCK = NodeClock.system();

    private final Vertx vertx = Vertx.vertx();
    private final ReadBudget budget = ReadBudget.of(16L * 1024 * 1024);
    private final Map<String, String> namesByUid = new ConcurrentHashMap<>();
    private FakeCluster cluster;
    private KubernetesApi api;
    private ListWatch watch;

    @BeforeEach
    void startCluster() throws IOException {
        cluster = FakeCluster.start();
        api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), CLOCK), budget);
        watch = new ListWatch(api, "/api/v1/pods", Map.of("fieldSelector", "spec.nodeName=gpu-1"), CLOCK,
                new ListWatch.Sink() {
                    @Override
                    public void put(JsonNode one) {
                        if (metadata(one, "name").equals("poison")) {
                            throw new IllegalStateException("a fault of the sink");
                        }
                        namesByUid.put(metadata(one, "uid"), metadata(one, "name"));
                    }

                    @Override
                    public void remove(JsonNode one) {
                        namesByUid.remove(metadata(one, "uid"));
                    }

                    @Override
                    public void retain(Set<String> uids) {
                        namesByUid.keySet().retainAll(uids);
                    }
                }, LoopObserver.NONE);
    }

    private static String metadata(JsonNode pod, String key) {
        return pod.path("metadata").path(key).asString("");
    }

    private Set<String> names() {
        return Set.copyOf(namesByUid.values());
    }

    @AfterEach
    void closeAll() {
        watch.close();
        api.close();
        cluster.close();
        vertx.close().await();
    }

    @Test
    void keepsInStepWithThePodsOfThisNodeAndNoOther() {
        pod("a");
        cluster.put(SampleObjects.podYaml(Map.of("name", "elsewhere", "node", "gpu-2")));
        watch.start();
        soon().until(() -> names().equals(Set.of("a")));

        pod("b");
        soon().until(() -> names().equals(Set.of("a", "b")));
        cluster.removePod("inference", "a");
        soon().until(() -> names().equals(Set.of("b")));

        assertThat(cluster.asked("list pods")).hasSize(1);
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void readsAListThatIsLongerThanAPage() {
        for (int i = 0; i < ListWatch.PAGE + 5; i++) {
            pod("pod-" + i);
        }
        watch.start();
        soon().until(() -> names().size() == ListWatch.PAGE + 5);
        assertThat(cluster.asked("list pods")).hasSize(2);
    }

    @Test
    void aBrokenWatchIsTakenUpWhereItWasWithoutAnotherList() {
        pod("a");
        watching();
        cluster.breakWatches();
        soon().until(() -> cluster.asked("watch pods").size() >= 2);
        pod("b");

        soon().until(() -> names().equals(Set.of("a", "b")));
        assertThat(cluster.asked("list pods")).hasSize(1);
    }

    @Test
    void aPlaceThatIsTooOldMeansAnotherList() {
        pod("a");
        watching();
        cluster.expireWatches();
        cluster.removePod("inference", "a");
        pod("b");

        soon().until(() -> names().equals(Set.of("b")));
        assertThat(cluster.asked("list pods")).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aPlaceThatBecameTooOldWhileTheWatchWasBrokenMeansAnotherList() {
        pod("a");
        watching();
        cluster.store.compact();
        cluster.breakWatches();
        pod("b");
        soon().until(() -> names().equals(Set.of("a", "b")));
    }

    @Test
    void whatWasKnownLastStaysKnownWhileTheServerIsAway() {
        pod("a");
        watching();
        cluster.goAway();
        soon().until(() -> watch.problem().isPresent());
        assertThat(names()).containsExactly("a");
        assertThat(watch.lastingProblem(Duration.ofHours(1))).isEmpty();
        soon().until(() -> watch.lastingProblem(Duration.ofMillis(500)).isPresent());
    }

    @Test
    void aProblemFromTheStartOnIsReportedAtOnce() {
        cluster.deny("list pods");
        watch.start();
        soon().until(() -> watch.lastingProblem(Duration.ofHours(1)).isPresent());
    }

    @Test
    void withoutThePermissionItSaysSoAndAsksAgainWithinSeconds() {
        cluster.deny("list pods");
        watch.start();
        soon().until(() -> watch.problem().isPresent());
        assertThat(watch.problem().orElseThrow()).contains("403");
        cluster.fail("watch pods", 3, 500, "");
        soon().until(() -> cluster.asked("list pods").size() >= 3);
        cluster.allow("list pods");
        soon().until(() -> cluster.openWatches() == 1 && watch.problem().isEmpty());
        assertThat(budget.held()).isZero();
    }

    @Test
    void aPageThatIsLargerThanAnAnswerMayBeIsAskedForWithFewerPods() {
        String padding = "x".repeat(KubernetesApi.MAX_BODY_BYTES / 10);
        for (int i = 0; i < 30; i++) {
            cluster.put(SampleObjects.podYaml(Map.of("name", "pod-" + i))
                    .replace("labels:", "annotations: {padding: " + padding + "}\n  labels:"));
        }
        watch.start();

        soon().until(() -> names().size() == 30);
        assertThat(watch.problem()).isEmpty();
        assertThat(cluster.asked("list pods")).allMatch(one -> one.query().contains("limit="));
        assertThat(cluster.asked("list pods").getLast().query()).contains("limit=6&");
    }

    @Test
    void anAnswerThatIsNoListDoesNotMeanThatThereIsNoPod() {
        pod("a");
        watching();
        cluster.answer("list pods", 2, 200, "{}");
        cluster.expireWatches();

        soon().until(() -> cluster.asked("list pods").size() >= 4 && watch.problem().isEmpty());
        assertThat(names()).containsExactly("a");
    }

    @Test
    void oneObjectThatTheSinkFailsOnDoesNotKeepItFromTheOthers() {
        pod("poison");
        pod("z");
        watch.start();
        soon().until(() -> names().equals(Set.of("z")));
        cluster.put(
                SampleObjects.podYaml(Map.of("name", "poison")).replace("labels:", "annotations: {a: b}\n  labels:"));
        pod("zz");
        soon().until(() -> names().equals(Set.of("z", "zz")));
        assertThat(cluster.asked("list pods")).hasSize(1);
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void aWatchHoldsNoMoreThanTheLineThatItReads() {
        pod("a");
        watching();
        String padding = "x".repeat(200_000);
        for (int i = 0; i < 100; i++) {
            cluster.put(SampleObjects.podYaml(Map.of("name", "pod-" + i))
                    .replace("labels:", "annotations: {padding: " + padding + "}\n  labels:"));
        }

        soon().until(() -> names().size() == 101);
        assertThat(cluster.asked("watch pods")).hasSize(1);
        assertThat(budget.refused()).isZero();
        assertThat(budget.held()).isLessThan(2_000_000);
    }

    private void watching() {
        watch.start();
        soon().until(() -> cluster.openWatches() == 1);
    }

    private void pod(String name) {
        cluster.put(SampleObjects.podYaml(Map.of("name", name)));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }
}
