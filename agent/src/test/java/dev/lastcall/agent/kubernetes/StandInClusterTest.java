// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.testkit.StandInCluster;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class StandInClusterTest {

    private static final NodeClock CLOCK = NodeClock.system();

    private final List<String> there = new CopyOnWriteArrayList<>();
    private final ListWatch.Sink sink = new ListWatch.Sink() {
        @Override
        public void put(JsonNode one) {
            there.add(name(one));
        }

        @Override
        public void remove(JsonNode one) {
            there.remove(name(one));
        }

        @Override
        public void retain(Set<String> uids) {}
    };

    private static String name(JsonNode pod) {
        return pod.path("metadata").path("name").asString("");
    }

    @Test
    void aPodThatIsAskedToGoIsSoonSeenToBeGone(@TempDir Path folder) throws IOException {
        Vertx vertx = Vertx.vertx();
        try (StandInCluster cluster = new StandInCluster(folder, 1);
                KubernetesApi api = new KubernetesApi(vertx, cluster.url(),
                        new ServiceAccount(cluster.account(), CLOCK));
                ListWatch watch = new ListWatch(api, "/api/v1/pods", Map.of(), CLOCK, sink,
                        LoopObserver.NONE)) {
            watch.start();
            soon(() -> assertThat(cluster.asked()).anyMatch(StandInCluster.Asked::isWatch));
            assertThat(there).containsExactly("holding", "plain");

            api.call(Call.create("/api/v1/namespaces/serving/pods/plain/eviction",
                    JsonMapper.builder().build().createObjectNode()));

            assertThat(cluster.asked()).filteredOn(StandInCluster.Asked::isEviction).hasSize(1);
            soon(() -> assertThat(there).containsExactly("holding"));
        } finally {
            vertx.close().await();
        }
    }

    private static void soon(Runnable holds) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(holds::run);
    }
}
