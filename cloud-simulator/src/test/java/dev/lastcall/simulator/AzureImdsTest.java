// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.time.Instant;

import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import org.junit.jupiter.api.Test;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AzureImdsTest {

    private static final String METADATA = "Metadata: true";
    private static final String EVENTS = "/metadata/scheduledevents?api-version=2020-07-01";
    private static final Timeline PREEMPTION = Timeline.builder()
            .at(ofSeconds(10))
            .set("events", Value.items(Value.fields("EventId", "602d9444", "EventType", "Preempt", "ResourceType",
                    "VirtualMachine", "Resources", Value.items("gpu-spot_0"), "EventStatus", "Scheduled", "NotBefore",
                    "in 30s")))
            .at(ofSeconds(60))
            .set("events", Value.items())
            .build();

    @Test
    void eventAppearsAndTheIncarnationGrowsWithEachChange() throws IOException {
        try (Simulator simulator = Simulator.azure(PREEMPTION).manual(Instant.parse("2016-09-19T18:29:07Z")).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get(EVENTS, METADATA).body()).isEqualTo("{\"DocumentIncarnation\":1,\"Events\":[]}");
            simulator.at(ofSeconds(10));
            assertThat(client.get(EVENTS, METADATA).body()).startsWith("{\"DocumentIncarnation\":2,")
                    .contains("\"EventType\":\"Preempt\"", "\"NotBefore\":\"Mon, 19 Sep 2016 18:29:47 GMT\"");
            simulator.at(ofSeconds(60));
            assertThat(client.get(EVENTS, METADATA).body()).isEqualTo("{\"DocumentIncarnation\":3,\"Events\":[]}");
        }
    }

    @Test
    void startRequestStartsTheEvent() throws IOException {
        try (Simulator simulator = Simulator.azure(PREEMPTION).manual().start();
                RawClient client = new RawClient(simulator)) {
            simulator.at(ofSeconds(10));
            String body = "{\"StartRequests\":[{\"EventId\":\"602d9444\"}]}";

            assertThat(client.post(EVENTS, "{\"StartRequests\":[{\"EventId\":\"other\"}]}", METADATA).status())
                    .isEqualTo(400);
            assertThat(client.post(EVENTS, "{\"Start", METADATA).status()).isEqualTo(400);
            assertThat(client.post(EVENTS, body, METADATA).status()).isEqualTo(200);
            assertThat(client.get(EVENTS, METADATA).body()).contains("\"DocumentIncarnation\":3",
                    "\"EventStatus\":\"Started\"", "\"NotBefore\":\"\"");
        }
    }

    @Test
    void headerAndVersionAreRequired() throws IOException {
        try (Simulator simulator = Simulator.azure(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get(EVENTS).status()).isEqualTo(400);
            assertThat(client.get("/metadata/scheduledevents", METADATA).status()).isEqualTo(400);
            assertThat(client.get("/metadata/scheduledevents?api-version=1999-01-01", METADATA).body())
                    .contains("2020-07-01");
            assertThat(client.get(EVENTS, METADATA, "X-Forwarded-For: 10.0.0.1").status()).isEqualTo(400);
            assertThat(client.get("/metadata/other", METADATA).status()).isEqualTo(404);
        }
    }

    @Test
    void firstCallIsSlowAndTheNextOnesAreNot() throws IOException {
        Script script = new Script(new SimulatedCloud.Azure(ofSeconds(100)), PREEMPTION);
        try (Simulator simulator = Simulator.of(script).manual().start();
                RawClient client = new RawClient(simulator)) {
            client.request("GET", EVENTS, METADATA);
            await().until(() -> simulator.requestCount() == 1);
            simulator.at(ofSeconds(99));
            assertThat(simulator.requests().getFirst().outcome()).hasToString("pending");
            simulator.at(ofSeconds(100));

            assertThat(client.read().body()).startsWith("{\"DocumentIncarnation\":3");
            assertThat(client.get(EVENTS, METADATA).status()).isEqualTo(200);
        }
    }

    @Test
    void instanceIsServedAsJsonAndText() throws IOException {
        try (Simulator simulator = Simulator.azure(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/metadata/instance?api-version=2021-02-01", METADATA).body())
                    .contains("\"compute\":{", "\"name\":\"gpu-spot_0\"");
            assertThat(
                    client.get("/metadata/instance/compute/name?api-version=2021-02-01&format=text", METADATA).body())
                    .isEqualTo("gpu-spot_0");
        }
    }
}
