// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.time.Duration;
import java.time.Instant;

import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import dev.lastcall.simulator.wire.RecordedRequest;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.imds.Ec2MetadataClient;
import software.amazon.awssdk.imds.Ec2MetadataRetryPolicy;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The simulator is believed because AWS's own client takes it for the real thing. */
class AwsSdkTest {

    private static final Timeline TIMELINE = Timeline.builder()
            .at(ofSeconds(10))
            .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 120s"))
            .build();

    private static Ec2MetadataClient client(Simulator simulator) {
        return Ec2MetadataClient.builder()
                .endpoint(simulator.endpoint())
                .tokenTtl(Duration.ofHours(6))
                .retryPolicy(Ec2MetadataRetryPolicy.none())
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    @Test
    void sdkReadsTheNoticeThroughTheTokenDance() {
        Instant start = Instant.parse("2026-09-01T10:00:00Z");
        try (Simulator simulator = Simulator.aws(TIMELINE).manual(start).start();
                Ec2MetadataClient client = client(simulator)) {
            assertThatThrownBy(() -> client.get("/latest/meta-data/spot/instance-action"))
                    .isInstanceOf(SdkClientException.class)
                    .hasMessageContaining("404");
            simulator.at(ofSeconds(10));

            assertThat(client.get("/latest/meta-data/spot/instance-action").asDocument().asMap())
                    .hasEntrySatisfying("action", it -> assertThat(it.asString()).isEqualTo("terminate"))
                    .hasEntrySatisfying("time", it -> assertThat(it.asString()).isEqualTo("2026-09-01T10:02:10Z"));
            assertThat(simulator.requests()).extracting(RecordedRequest::method).containsExactly("PUT", "GET", "GET");
        }
    }

    @Test
    void sdkReadsListsAndFacts() {
        try (Simulator simulator = Simulator.aws(TIMELINE).start(); Ec2MetadataClient client = client(simulator)) {
            assertThat(client.get("/latest/meta-data/placement").asList()).contains("availability-zone", "region");
            assertThat(client.get("/latest/dynamic/instance-identity/document").asDocument().asMap())
                    .containsKey("instanceId");
        }
    }
}
