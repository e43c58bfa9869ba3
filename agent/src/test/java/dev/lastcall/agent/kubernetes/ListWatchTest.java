// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

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
    private final Set<String> names = new ConcurrentSkipListSet<>();
    private FakeCluster cluster;
    private KubernetesApi api;
    private ListWatch watch;

    @BeforeEach
    void startCluster() throws IOException {
        cluster = FakeCluster.start();
        api = new KubernetesApi(vertx, cluster.url(), new ServiceAccount(cluster.account(), CLOCK));
        watch = new ListWatch(api, "/api/v1/pods", Map.of("fieldSelector", "spec.nodeName=gpu-1"), CLOCK,
                new ListWatch.Sink() {
                    @Override
                    public void replace(List<JsonNode> all) {
                        names.clear();
                        all.forEach(this::put);
                    }

                    @Override
                    public void put(JsonNode one) {
                        names.add(name(one));
                    }

                    @Override
                    public void remove(JsonNode one) {
                        names.remove(name(one));
                    }
                });
    }

    private static String name(JsonNode pod) {
        return pod.path("metadata").path("name").asString("");
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
        soon().until(() -> names.equals(Set.of("a")));

        pod("b");
        soon().until(() -> names.equals(Set.of("a", "b")));
        cluster.removePod("inference", "a");
        soon().until(() -> names.equals(Set.of("b")));

        assertThat(cluster.asked("list pods")).hasSize(1);
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void readsAListThatIsLongerThanAPage() {
        for (int i = 0; i < ListWatch.PAGE + 5; i++) {
            pod("pod-" + i);
        }
        watch.start();
        soon().until(() -> names.size() == ListWatch.PAGE + 5);
        assertThat(cluster.asked("list pods")).hasSize(2);
    }

    @Test
    void aBrokenWatchIsTakenUpWhereItWasWithNoListAnew() {
        pod("a");
        watching();
        cluster.breakWatches();
        soon().until(() -> cluster.asked("watch pods").size() >= 2);
        pod("b");

        soon().until(() -> names.equals(Set.of("a", "b")));
        assertThat(cluster.asked("list pods")).hasSize(1);
    }

    @Test
    void aPlaceThatIsTooOldMeansAListAnew() {
        pod("a");
        watching();
        cluster.expireWatches();
        cluster.removePod("inference", "a");
        pod("b");

        soon().until(() -> names.equals(Set.of("b")));
        assertThat(cluster.asked("list pods")).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aPlaceThatBecameTooOldWhileTheWatchWasBrokenMeansAListAnew() {
        pod("a");
        watching();
        cluster.store.compact();
        cluster.breakWatches();
        pod("b");
        soon().until(() -> names.equals(Set.of("a", "b")));
    }

    @Test
    void whatWasKnownLastStaysKnownWhileTheServerIsAway() {
        pod("a");
        watching();
        cluster.goAway();
        soon().until(() -> watch.problem().isPresent());
        assertThat(names).containsExactly("a");
    }

    @Test
    void withoutThePermissionItSaysSoAndAsksSeldom() {
        cluster.deny("list pods");
        watch.start();
        soon().until(() -> watch.problem().isPresent());
        assertThat(watch.problem().orElseThrow()).contains("403");
        assertThat(cluster.asked()).hasSize(1);
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
