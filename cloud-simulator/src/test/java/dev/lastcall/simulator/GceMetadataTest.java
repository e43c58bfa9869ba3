// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import dev.lastcall.simulator.wire.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class GceMetadataTest {

    private static final String FLAVOR = "Metadata-Flavor: Google";
    private static final String PREEMPTED = "/computeMetadata/v1/instance/preempted";
    private static final Timeline PREEMPTION = Timeline.builder()
            .at(ofSeconds(40))
            .set("instance/preempted", new Value.Bool(true))
            .at(ofSeconds(90))
            .set("instance/preempted", new Value.Bool(false))
            .build();

    /** Sends a request that hangs, and returns when the simulator has it. */
    private static void hang(Simulator simulator, RawClient client, String target) throws IOException {
        long before = simulator.requestCount();
        client.request("GET", target, FLAVOR);
        await().until(() -> simulator.requestCount() == before + 1);
        simulator.advance(ofMillis(0));
        assertThat(simulator.requests().getLast().outcome()).isEqualTo(new RecordedRequest.Outcome.Pending());
    }

    @Test
    void hangingGetReturnsWhenTheValueChanges() throws IOException {
        try (Simulator simulator = Simulator.gcp(PREEMPTION).manual().start();
                RawClient client = new RawClient(simulator)) {
            RawClient.Answer plain = client.get(PREEMPTED, FLAVOR);
            hang(simulator, client, PREEMPTED + "?wait_for_change=true&last_etag=" + plain.header("ETag"));
            simulator.at(ofSeconds(39));
            assertThat(simulator.requests().getLast().outcome()).hasToString("pending");
            simulator.at(ofSeconds(40));
            RawClient.Answer changed = client.read();

            assertThat(plain.body()).isEqualTo("FALSE");
            assertThat(plain.header("Metadata-Flavor")).isEqualTo("Google");
            assertThat(plain.header("Content-Type")).isEqualTo("application/text");
            assertThat(changed.body()).isEqualTo("TRUE");
            assertThat(changed.header("ETag")).isNotEqualTo(plain.header("ETag")).hasSize(16);
        }
    }

    @Test
    void hangingGetReturnsTheSameValueAtItsTimeout() throws IOException {
        try (Simulator simulator = Simulator.gcp(PREEMPTION).manual().start();
                RawClient client = new RawClient(simulator)) {
            hang(simulator, client, PREEMPTED + "?wait_for_change=true&timeout_sec=30");
            simulator.at(ofSeconds(29));
            assertThat(simulator.requests().getLast().outcome()).hasToString("pending");
            simulator.at(ofSeconds(30));

            assertThat(client.read().body()).isEqualTo("FALSE");
        }
    }

    @Test
    void waitWithoutAnEtagDoesNotFireForAValueThatIsAlreadyThere() throws IOException {
        try (Simulator simulator = Simulator.gcp(PREEMPTION).manual().start();
                RawClient client = new RawClient(simulator)) {
            simulator.at(ofSeconds(50));
            hang(simulator, client, PREEMPTED + "?wait_for_change=true");
            client.patience(ofMillis(50));
            assertThatThrownBy(client::readByte).isInstanceOf(SocketTimeoutException.class);
            simulator.at(ofSeconds(90));

            assertThat(client.read().body()).isEqualTo("FALSE");
        }
    }

    @Test
    void etagThatDoesNotMatchIsAnsweredAtOnceAndRevertsWithTheValue() throws IOException {
        try (Simulator simulator = Simulator.gcp(PREEMPTION).manual().start();
                RawClient client = new RawClient(simulator)) {
            String first = client.get(PREEMPTED + "?wait_for_change=true&last_etag=NONE", FLAVOR).header("ETag");
            simulator.at(ofSeconds(50));
            String second = client.get(PREEMPTED + "?wait_for_change=true&last_etag=" + first, FLAVOR).header("ETag");
            simulator.at(ofSeconds(90));
            String third = client.get(PREEMPTED + "?wait_for_change=true&last_etag=" + second, FLAVOR).header("ETag");

            assertThat(third).isEqualTo(first).isNotEqualTo(second);
        }
    }

    @Test
    void hangEndsWith404WhenTheKeyGoesAway() throws IOException {
        Timeline timeline = Timeline.builder().at(ofSeconds(5)).remove("instance/preempted").build();
        try (Simulator simulator = Simulator.gcp(timeline).manual().start();
                RawClient client = new RawClient(simulator)) {
            hang(simulator, client, PREEMPTED + "?wait_for_change=true");
            simulator.at(ofSeconds(5));

            assertThat(client.read().status()).isEqualTo(404);
            assertThat(client.get(PREEMPTED + "?wait_for_change=true", FLAVOR).status()).isEqualTo(404);
        }
    }

    @Test
    void clientThatLeavesInMidHangIsNoted() throws IOException {
        try (Simulator simulator = Simulator.gcp(PREEMPTION).manual().start()) {
            try (RawClient client = new RawClient(simulator)) {
                hang(simulator, client, PREEMPTED + "?wait_for_change=true");
            }
            await().until(
                    () -> simulator.requests().getLast().outcome().equals(new RecordedRequest.Outcome.ClientLeft()));
        }
    }

    @Test
    void hangingGetCanBeDroppedOrNeverAnswered() throws IOException {
        Timeline timeline = Timeline.builder()
                .at(ofSeconds(40))
                .set("instance/preempted", new Value.Bool(true))
                .fault(Fault.between(ofSeconds(10), ofSeconds(11), new Effect.Hang(Effect.HangEnd.DROP)))
                .fault(Fault.between(ofSeconds(20), ofSeconds(30), new Effect.Hang(Effect.HangEnd.NEVER)))
                .build();
        try (Simulator simulator = Simulator.gcp(timeline).manual().start();
                RawClient first = new RawClient(simulator);
                RawClient second = new RawClient(simulator)) {
            hang(simulator, first, PREEMPTED + "?wait_for_change=true");
            simulator.at(ofSeconds(10));
            assertThatThrownBy(first::read).isInstanceOf(EOFException.class);
            assertThat(simulator.requests().getLast().outcome()).isEqualTo(new RecordedRequest.Outcome.Closed());

            simulator.at(ofSeconds(25));
            hang(simulator, second, PREEMPTED + "?wait_for_change=true&timeout_sec=60");
            simulator.at(ofSeconds(500));
            second.patience(ofMillis(50));
            assertThatThrownBy(second::readByte).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void flavorHeaderIsRequiredAndForwardingForbidden() throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get(PREEMPTED).status()).isEqualTo(403);
            assertThat(client.get(PREEMPTED, FLAVOR, "X-Forwarded-For: 10.0.0.1").status()).isEqualTo(403);
            assertThat(client.get("/").header("Metadata-Flavor")).isEqualTo("Google");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"instance/?wait_for_change=true", "instance/?alt=json",
        "instance/preempted?wait_for_change=true&timeout_sec=soon"})
    void whatTheDocumentationForbidsIsABadRequest(String target) throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/computeMetadata/v1/" + target, FLAVOR).status()).isEqualTo(400);
        }
    }

    @Test
    void directoriesAreListedOrGivenAsJson() throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/computeMetadata/v1/instance/scheduling/", FLAVOR).body())
                    .isEqualTo("automatic-restart\non-host-maintenance\npreemptible\n");
            assertThat(client.get("/computeMetadata/v1/instance/scheduling", FLAVOR).header("Location"))
                    .isEqualTo("/computeMetadata/v1/instance/scheduling/");
            assertThat(client.get("/computeMetadata/v1/instance/scheduling/?recursive=true", FLAVOR).body())
                    .contains("\"onHostMaintenance\":\"TERMINATE\"");
            assertThat(client.get("/computeMetadata/v1/?recursive=true", FLAVOR).body())
                    .contains("\"preempted\":\"FALSE\"");
            assertThat(client.get("/computeMetadata/v1/instance/?recursive=true&alt=text", FLAVOR).body())
                    .contains("scheduling/preemptible TRUE\n");
            assertThat(client.get(PREEMPTED + "?alt=json", FLAVOR).body()).isEqualTo("\"FALSE\"");
            assertThat(client.get("/computeMetadata/v1/instance/id?alt=json", FLAVOR).body()).matches("\\d+");
        }
    }

    @Test
    void upcomingMaintenanceIsJsonWithTimes() throws IOException {
        Timeline timeline = Timeline.builder()
                .set("instance/upcoming-maintenance",
                        Value.fields("maintenance_status", "PENDING", "window_start_time", "in 1h"))
                .build();
        try (Simulator simulator = Simulator.gcp(timeline).start(); RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/computeMetadata/v1/instance/upcoming-maintenance?alt=json", FLAVOR).body())
                    .startsWith("{\"maintenance_status\":\"PENDING\",\"window_start_time\":\"20")
                    .endsWith("Z\"}");
        }
    }

    @Test
    void gkeMetadataServerHidesThePreemption() throws IOException {
        Script script = new Script(new SimulatedCloud.Gcp(SimulatedCloud.Gcp.View.GKE), PREEMPTION);
        try (Simulator simulator = Simulator.of(script).start(); RawClient client = new RawClient(simulator)) {
            assertThat(client.get(PREEMPTED, FLAVOR).status()).isEqualTo(404);
            assertThat(client.get("/computeMetadata/v1/instance/attributes/cluster-name", FLAVOR).body())
                    .isEqualTo("simulated");
        }
    }
}
