// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;

import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import dev.lastcall.simulator.wire.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

class Ec2ImdsTest {

    private static final Instant START = Instant.parse("2026-09-01T10:00:00Z");
    private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds: 60";
    private static final String ACTION = "/latest/meta-data/spot/instance-action";

    private static String token(RawClient client) throws IOException {
        return "X-aws-ec2-metadata-token: " + client.put("/latest/api/token", TTL).body();
    }

    @Test
    void noticeAppearsAtItsSecondWithATimeThatStaysTheSame() throws IOException {
        Timeline timeline = Timeline.builder()
                .at(ofSeconds(10))
                .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 120s"))
                .at(ofSeconds(200))
                .remove("spot/instance-action")
                .build();
        try (Simulator simulator = Simulator.aws(timeline).manual(START).start();
                RawClient client = new RawClient(simulator)) {
            client.put("/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600");
            String token = "X-aws-ec2-metadata-token: "
                    + client.put("/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600").body();

            simulator.at(ofSeconds(9));
            assertThat(client.get(ACTION, token).status()).isEqualTo(404);
            simulator.at(ofSeconds(10));
            RawClient.Answer first = client.get(ACTION, token);
            simulator.advance(ofSeconds(30));
            RawClient.Answer second = client.get(ACTION, token);
            simulator.at(ofSeconds(200));
            RawClient.Answer gone = client.get(ACTION, token);

            assertThat(first.status()).isEqualTo(200);
            assertThat(first.header("Content-Type")).isEqualTo("text/plain");
            assertThat(first.header("Date")).isEqualTo("Tue, 01 Sep 2026 10:00:10 GMT");
            assertThat(first.body()).isEqualTo("{\"action\":\"terminate\",\"time\":\"2026-09-01T10:02:10Z\"}");
            assertThat(second.body()).isEqualTo(first.body());
            assertThat(second.header("Date")).isEqualTo("Tue, 01 Sep 2026 10:00:40 GMT");
            assertThat(gone.status()).isEqualTo(404);
        }
    }

    @Test
    void absentKeyIsAnsweredAsEc2DoesIt() throws IOException {
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            RawClient.Answer absent = client.get(ACTION, token(client));

            assertThat(absent.status()).isEqualTo(404);
            assertThat(absent.header("Content-Type")).isEqualTo("text/html");
            assertThat(absent.body()).contains("<h1>404 - Not Found</h1>");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "21601", "-1", "x", "", "99999999999"})
    void tokenTtlOutsideItsRangeIsABadRequest(String ttl) throws IOException {
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.put("/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: " + ttl).status())
                    .isEqualTo(400);
        }
    }

    @Test
    void tokenNeedsTheTtlHeaderTheLatestVersionAndNoForwarding() throws IOException {
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            RawClient.Answer granted = client.put("/latest/api/token", TTL);

            assertThat(granted.status()).isEqualTo(200);
            assertThat(granted.header("X-aws-ec2-metadata-token-ttl-seconds")).isEqualTo("60");
            assertThat(client.put("/latest/api/token").status()).isEqualTo(400);
            assertThat(client.put("/2021-03-23/api/token", TTL).status()).isEqualTo(403);
            assertThat(client.put("/latest/api/token", TTL, "X-Forwarded-For: 10.1.1.1").status()).isEqualTo(403);
        }
    }

    @Test
    void readsNeedATokenThatLives() throws IOException {
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).manual().start();
                RawClient client = new RawClient(simulator)) {
            String token = token(client);

            assertThat(client.get("/latest/meta-data/instance-id").status()).isEqualTo(401);
            assertThat(client.get("/latest/meta-data/instance-id", "X-aws-ec2-metadata-token: no").status())
                    .isEqualTo(401);
            assertThat(client.get("/latest/meta-data/instance-id", token).body()).isEqualTo("i-0123456789abcdef0");
            assertThat(client.get("/2021-03-23/meta-data/instance-id", token).status()).isEqualTo(200);
            simulator.at(ofSeconds(60));
            assertThat(client.get("/latest/meta-data/instance-id", token).status()).isEqualTo(401);
        }
    }

    @Test
    void tokensCanBeOptionalOrTheServiceOff() throws IOException {
        SimulatedCloud optional = new SimulatedCloud.Aws(SimulatedCloud.Aws.Tokens.OPTIONAL);
        SimulatedCloud off = new SimulatedCloud.Aws(SimulatedCloud.Aws.Tokens.OFF);
        try (Simulator simulator = Simulator.of(new Script(optional, Timeline.EMPTY)).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/latest/meta-data/placement/region").body()).isEqualTo("us-east-1");
            assertThat(client.get("/latest/meta-data/instance-id", "X-aws-ec2-metadata-token: no").status())
                    .isEqualTo(401);
        }
        try (Simulator simulator = Simulator.of(new Script(off, Timeline.EMPTY)).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.put("/latest/api/token", TTL).status()).isEqualTo(403);
            assertThat(client.get("/latest/meta-data/instance-id").status()).isEqualTo(403);
        }
    }

    @Test
    void directoriesAreListed() throws IOException {
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).start();
                RawClient client = new RawClient(simulator)) {
            String token = token(client);

            assertThat(client.get("/latest/", token).body()).isEqualTo("dynamic\nmeta-data");
            assertThat(client.get("/latest/meta-data/", token).body().lines()).contains("instance-id", "placement/")
                    .doesNotContain("dynamic/");
            assertThat(client.get("/latest/meta-data/placement/", token).body())
                    .isEqualTo("availability-zone\navailability-zone-id\nregion");
            assertThat(client.get("/latest/meta-data/events/maintenance/scheduled", token).body()).isEqualTo("[]");
            assertThat(client.get("/latest/dynamic/instance-identity/document", token).body())
                    .contains("\"instanceId\":\"i-0123456789abcdef0\"");
        }
    }

    @Test
    void maintenanceTimesAreWrittenAsEc2WritesThem() throws IOException {
        Timeline timeline = Timeline.builder()
                .set("events/maintenance/scheduled",
                        Value.items(Value.fields("NotBefore", "in 0s", "Code", "system-reboot", "State", "active")))
                .build();
        try (Simulator simulator = Simulator.aws(timeline).manual(START).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/latest/meta-data/events/maintenance/scheduled", token(client)).body())
                    .contains("\"NotBefore\":\"1 Sep 2026 10:00:00 GMT\"");
        }
    }

    @Test
    void listensOnIpv6() throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).listen(address).start();
                RawClient client = new RawClient(simulator)) {
            assertThat(simulator.endpoint().toString()).startsWith("http://[0:0:0:0:0:0:0:1]:");
            assertThat(client.put("/latest/api/token", TTL).status()).isEqualTo(200);
        }
    }

    @Test
    void everyRequestIsRecordedWithItsOutcome() throws IOException {
        try (Simulator simulator = Simulator.aws(Timeline.EMPTY).manual(START).start();
                RawClient client = new RawClient(simulator)) {
            simulator.at(ofSeconds(3));
            token(client);
            client.get(ACTION + "?x=1", "X-Probe: yes");

            assertThat(simulator.requests()).hasSize(2);
            RecordedRequest second = simulator.requests().get(1);
            assertThat(second.position()).isEqualTo(ofSeconds(3));
            assertThat(second.time()).isEqualTo(START.plusSeconds(3));
            assertThat(second.path()).isEqualTo(ACTION);
            assertThat(second.header("X-probe")).isEqualTo("yes");
            assertThat(second.outcome()).isEqualTo(new RecordedRequest.Outcome.Answered(401));
            assertThat(second).hasToString("3s GET " + ACTION + "?x=1 401");
        }
    }
}
