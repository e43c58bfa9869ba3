// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.agent.kubernetes.SampleObjects;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A node that came up with the taint of a cold one: pods get there when its models do, from a real web server. */
class ColdNodeTest extends AgentBesideCluster {

    private static final int MIB = 1 << 20;
    private static final String TAINT = "lastcall.dev/cold";

    private WebStore store;

    @BeforeEach
    void coldNode() {
        store = opened(new WebStore());
        cluster.put(SampleObjects.nodeYaml("gpu-1")
                .replace("spec: {}", "spec: {taints: [{key: " + TAINT
                        + ", effect: NoSchedule}, {key: other, effect: NoSchedule}]}"));
    }

    @Test
    void theTaintGoesOnceTheModelIsInTheCacheAndNotBefore() throws IOException {
        store.slow(MIB);
        Agent agent = begin();
        soon().until(() -> store.bytesServed() > 0 && cluster.asked("get nodes").size() >= 2);
        assertThat(isCold()).isTrue();

        store.slow(Long.MAX_VALUE);

        soon().until(() -> !isCold());
        assertThat(models(agent)).contains("\"state\":\"warm\"");
        assertThat(markers().resolve("_all")).exists();
        assertThat(directory.resolve("cache/big/model.bin")).hasBinaryContent(store.content("big"));
        assertThat(cluster.node("gpu-1").path("spec").path("taints").toString()).contains("other");
    }

    @Test
    void aStoreThatRefusesLeavesTheNodeColdUntilItGives() {
        store.refuse(503);
        Agent agent = begin();
        soon().until(() -> models(agent).contains("\"state\":\"retrying\""));
        Awaitility.await()
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(this::isCold);

        store.refuse(0);

        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> !isCold());
        assertThat(models(agent)).contains("\"state\":\"warm\"");
    }

    @Test
    void aNoticeInMidDownloadLeavesTheNodeCold() throws IOException {
        store.slow(MIB);
        Agent agent = begin();
        soon().until(() -> store.bytesServed() > 0);

        drain("100s");

        soon().until(this::isTainted);
        soon().until(() -> models(agent).contains("\"state\":\"stopped\""));
        assertThat(isCold()).isTrue();
        assertThat(Files.exists(markers().resolve("_all"))).isFalse();
    }

    private Agent begin() {
        AgentText with = text();
        return opened(Agents.start(with.notices(with.notices() + """
                models: [{name: big, from: "%s"}]
                cache: {path: %s, markers: %s, reserve: 0B, quota: none, partSize: 1MiB, maxConnections: 2}
                """.formatted(store.put("big", 16 * MIB), directory.resolve("cache"), markers())),
                NodeClock.system()));
    }

    private Path markers() {
        return directory.resolve("markers");
    }

    private boolean isCold() {
        return cluster.node("gpu-1").path("spec").path("taints").toString().contains(TAINT);
    }

    private static String models(Agent agent) {
        return Ask.get(agent.apiPort(), "/v1/models").body();
    }
}
