// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.simulator.script.Timeline;
import org.junit.jupiter.api.Test;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class SimulatorTest {

    private static final String FLAVOR = "Metadata-Flavor: Google";
    private static final String PREEMPTED = "/computeMetadata/v1/instance/preempted";

    @Test
    void timelineRunsByItselfAndFasterWithSpeed() throws IOException {
        Timeline timeline = Timeline.builder()
                .at(ofSeconds(20))
                .set("instance/preempted", "TRUE")
                .set("instance/attributes/end", "in 200s as iso-fraction")
                .build();
        try (Simulator simulator = Simulator.gcp(timeline).speed(100).start();
                RawClient client = new RawClient(simulator)) {
            Instant start = Instant.now();
            client.request("GET", PREEMPTED + "?wait_for_change=true&last_etag="
                    + client.get(PREEMPTED, FLAVOR).header("ETag"), FLAVOR);

            assertThat(client.read().body()).isEqualTo("TRUE");
            assertThat(simulator.position()).isGreaterThanOrEqualTo(ofSeconds(20));
            String end = client.get("/computeMetadata/v1/instance/attributes/end", FLAVOR).body();
            assertThat(Duration.between(start, Instant.parse(end))).isBetween(ofMillis(1500), ofSeconds(3));
        }
    }

    @Test
    void onlyAManualTimelineIsMovedAndOnlyForward() {
        try (Simulator running = Simulator.aws(Timeline.EMPTY).start();
                Simulator manual = Simulator.aws(Timeline.EMPTY).manual().start()) {
            assertThatThrownBy(() -> running.at(ofSeconds(1))).isInstanceOf(IllegalStateException.class);
            manual.at(ofSeconds(2));
            assertThat(manual.position()).isEqualTo(ofSeconds(2));
            assertThatThrownBy(() -> manual.at(ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void severalRunAtOnceAndEachEndsAlone() throws IOException {
        Simulator first = Simulator.aws(Timeline.EMPTY).start();
        try (Simulator second = Simulator.gcp(Timeline.EMPTY).start();
                Simulator third = Simulator.azure(Timeline.EMPTY).start();
                RawClient open = new RawClient(first)) {
            open.request("GET", "/latest/meta-data/");
            await().until(() -> first.requestCount() == 1);
            first.close();
            first.close();

            assertThat(open.read().status()).isEqualTo(401);
            assertThat(open.readByte()).isEqualTo(-1);
            assertThatThrownBy(() -> new RawClient(first)).isInstanceOf(ConnectException.class);
            for (Simulator other : List.of(second, third)) {
                try (RawClient client = new RawClient(other)) {
                    assertThat(client.get(PREEMPTED).status()).isGreaterThanOrEqualTo(400);
                }
            }
        }
    }

    @Test
    void closeLeavesNoThreadAndNoPort() throws IOException {
        InetSocketAddress address;
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).start()) {
            address = simulator.address();
            assertThatThrownBy(() -> Simulator.aws(Timeline.EMPTY).listen(simulator.address()).start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot listen on");
        }
        String accepting = "simulator-accept-" + address.getPort();
        await().until(() -> Thread.getAllStackTraces()
                .keySet()
                .stream()
                .noneMatch(thread -> thread.getName().equals(accepting)));
        Simulator.aws(Timeline.EMPTY).listen(address).start().close();
    }

    @Test
    void listenerHearsOfEachRequestAndCannotBreakTheServer() throws IOException {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).manual().onRequest(request -> {
            heard.add(request.toString());
            throw new IllegalStateException("the listener's defect");
        }).start(); RawClient client = new RawClient(simulator)) {
            assertThat(client.get(PREEMPTED, FLAVOR).status()).isEqualTo(200);
            assertThat(client.get(PREEMPTED).status()).isEqualTo(403);

            assertThat(heard).containsExactly("0s GET " + PREEMPTED + " 200", "0s GET " + PREEMPTED + " 403");
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start(); RawClient client = new RawClient(simulator)) {
            client.request("GET", "/computeMetadata/v1/instance/name", FLAVOR);
            client.request("HEAD", PREEMPTED, FLAVOR);
            client.request("GET", PREEMPTED, FLAVOR, "Connection: close");

            assertThat(client.read().body()).isEqualTo("gpu-spot-0");
            assertThat(client.readHead().header("Content-Length")).isEqualTo("5");
            assertThat(client.read().body()).isEqualTo("FALSE");
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }
}
