// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.drain.DrainPolicy;
import dev.lastcall.agent.kubernetes.pod.PodServer;
import dev.lastcall.agent.notices.FoundCloud;
import dev.lastcall.agent.outbound.Cluster;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.cloud.Cloud;
import io.vertx.core.Vertx;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterTest extends AgentBesideCluster {

    @ParameterizedTest
    @CsvSource({"GCP, 30s, '', 15", "GCP, 2m, '', 0", "AWS, 30s, '', 0", "NONE, 30s, '', 0", "GCP, 30s, 'lead: 7s', 7"})
    void whatTheKubeletOfGkeKeepsForTheSystemIsKnownOfACloudThatWasFound(Cloud found, String notice, String lead,
            int seconds) throws IOException {
        cluster.put(pod("vllm", vllm));
        AgentConfig config = AgentText.in(directory).notices("""
                cloud: auto
                gcp: {preemptionNotice: %s}
                kubernetes: {node: gpu-1, apiServer: "%s", serviceAccount: %s, pods: {%s}}
                """.formatted(notice, cluster.url(), cluster.account(), lead)).read();
        List<PodServer> added = new CopyOnWriteArrayList<>();
        Vertx vertx = Vertx.vertx();
        opened.add(() -> vertx.close().await());
        LocalHttp http = opened(new LocalHttp(vertx));
        Cluster one = opened(Cluster.of(config, Objects.requireNonNull(config.kubernetes()),
                new Cluster.Parts(vertx, http, new KindRecognizer(http), NodeClock.system(), LoopObserver.NONE,
                        DrainPolicy.DEFAULT),
                added::add, gone -> {}));

        one.start(true, new FoundCloud() {
            @Override
            public void await() {
                // It is known from the start.
            }

            @Override
            public Cloud now() {
                return found;
            }
        });

        soon().until(() -> !added.isEmpty());
        assertThat(added.getFirst().server().needs().lead()).isEqualTo(Duration.ofSeconds(seconds));
    }
}
