// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.wire.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Each kind of fault, as a bare socket sees it. */
class FaultOnTheWireTest {

    private static final Instant START = Instant.parse("2026-09-01T10:00:00Z");
    private static final String KEY = "/latest/meta-data/ami-id";
    private static final String VALUE = "ami-0abcdef1234567890";
    private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds: 21600";

    private static Simulator simulator(Fault... faults) {
        Timeline.Builder timeline = Timeline.builder();
        for (Fault fault : faults) {
            timeline.fault(fault);
        }
        return Simulator.of(new Script(new SimulatedCloud.Aws(SimulatedCloud.Aws.Tokens.OPTIONAL), timeline.build()))
                .manual(START)
                .start();
    }

    private static void request(Simulator simulator, RawClient client) throws IOException {
        long before = simulator.requestCount();
        client.request("GET", KEY);
        await().until(() -> simulator.requestCount() == before + 1);
    }

    private static RecordedRequest.Outcome lastOutcome(Simulator simulator) {
        return simulator.requests().getLast().outcome();
    }

    private static void assertSilent(RawClient client) throws IOException {
        client.patience(ofMillis(30));
        assertThatThrownBy(client::readByte).isInstanceOf(SocketTimeoutException.class);
        client.patience(ofSeconds(10));
    }

    @Test
    void statusReplacesTheAnswerForItsIntervalAndItsTimes() throws IOException {
        try (Simulator simulator = simulator(
                Fault.between(ofSeconds(5), ofSeconds(10), new Effect.Status(503)).onPath("ami-id").times(2));
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get(KEY).status()).isEqualTo(200);
            simulator.at(ofSeconds(5));
            assertThat(client.get(KEY).body()).contains("<h1>503 - Service Unavailable</h1>");
            assertThat(client.get("/latest/meta-data/instance-id").status()).isEqualTo(200);
            assertThat(client.get(KEY).status()).isEqualTo(503);
            assertThat(client.get(KEY).status()).isEqualTo(200);
        }
        try (Simulator simulator = simulator(
                Fault.between(ofSeconds(5), ofSeconds(10), new Effect.Status(429)).onMethod("GET"));
                RawClient client = new RawClient(simulator)) {
            simulator.at(ofSeconds(9));
            assertThat(client.get(KEY).status()).isEqualTo(429);
            assertThat(client.put("/latest/api/token", TTL).status()).isEqualTo(200);
            simulator.at(ofSeconds(10));
            assertThat(client.get(KEY).status()).isEqualTo(200);
        }
    }

    @Test
    void bodyIsReplacedByteForByte() throws IOException {
        String garbage = "\uFEFF{\"action\": \u0000 \"term";
        try (Simulator simulator = simulator(Fault.always(new Effect.Body(garbage)));
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get(KEY).body()).isEqualTo(garbage);
        }
    }

    @Test
    void oversizedBodyIsSentWhole() throws IOException {
        int size = 3 << 20;
        try (Simulator simulator = simulator(Fault.always(new Effect.Oversized(size)));
                RawClient client = new RawClient(simulator)) {
            RawClient.Answer answer = client.get("/latest/meta-data/spot/instance-action");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).hasSize(size);
            assertThat(client.get(KEY).body()).hasSize(size);
        }
    }

    @Test
    void delayHoldsBackEvenTheHeaders() throws IOException {
        try (Simulator simulator = simulator(Fault.between(ofSeconds(0), ofSeconds(1), new Effect.Delay(ofSeconds(8))));
                RawClient client = new RawClient(simulator)) {
            request(simulator, client);
            simulator.at(ofMillis(7999));
            assertSilent(client);
            simulator.at(ofSeconds(8));
            assertThat(client.read().body()).isEqualTo(VALUE);
        }
    }

    @Test
    void delayForEverIsOnlyEndedByTheClient() throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.Delay(Effect.FOREVER)))) {
            try (RawClient client = new RawClient(simulator)) {
                request(simulator, client);
                simulator.at(ofMinutes(100_000));
                assertSilent(client);
                assertThat(lastOutcome(simulator)).isEqualTo(new RecordedRequest.Outcome.Pending());
            }
            await().until(() -> lastOutcome(simulator).equals(new RecordedRequest.Outcome.ClientLeft()));
        }
    }

    @Test
    void stallComesAfterTheHeadersAndHalfOfTheBody() throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.Stall(ofSeconds(8))));
                RawClient client = new RawClient(simulator)) {
            client.request("GET", KEY);
            assertThat(client.readHead().header("Content-Length")).isEqualTo(Integer.toString(VALUE.length()));
            assertThat(client.readText(VALUE.length() / 2)).isEqualTo(VALUE.substring(0, VALUE.length() / 2));
            assertSilent(client);
            simulator.at(ofSeconds(8));
            assertThat(client.readText(VALUE.length() - VALUE.length() / 2))
                    .isEqualTo(VALUE.substring(VALUE.length() / 2));
            assertThat(lastOutcome(simulator)).isEqualTo(new RecordedRequest.Outcome.Answered(200));
        }
    }

    @Test
    void slowBodyTricklesByteByByte() throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.SlowBody(2)));
                RawClient client = new RawClient(simulator)) {
            client.request("GET", KEY);
            client.readHead();
            assertThat(client.readText(1)).isEqualTo("a");
            assertSilent(client);
            simulator.advance(ofMillis(500));
            assertThat(client.readText(1)).isEqualTo("m");
            assertSilent(client);
            simulator.advance(ofSeconds(2));
            assertThat(client.readText(4)).isEqualTo("i-0a");
            simulator.advance(ofSeconds(30));
            assertThat(client.readText(VALUE.length() - 6)).isEqualTo(VALUE.substring(6));
        }
    }

    @ParameterizedTest
    @EnumSource
    void resetIsATcpReset(Effect.Point point) throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.Reset(point)));
                RawClient client = new RawClient(simulator)) {
            client.request("GET", KEY);
            readUpTo(client, point);

            assertThatThrownBy(client::readByte).isInstanceOf(SocketException.class).hasMessageContaining("reset");
            assertThat(lastOutcome(simulator)).isEqualTo(point == Effect.Point.AFTER_ANSWER
                    ? new RecordedRequest.Outcome.Answered(200)
                    : new RecordedRequest.Outcome.Reset());
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeIsAnOrderlyEnd(Effect.Point point) throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.Close(point)));
                RawClient client = new RawClient(simulator)) {
            client.request("GET", KEY);
            readUpTo(client, point);

            assertThat(client.readByte()).isEqualTo(-1);
            assertThat(lastOutcome(simulator)).isEqualTo(point == Effect.Point.AFTER_ANSWER
                    ? new RecordedRequest.Outcome.Answered(200)
                    : new RecordedRequest.Outcome.Closed());
        }
    }

    private static void readUpTo(RawClient client, Effect.Point point) throws IOException {
        switch (point) {
            case BEFORE_ANSWER -> {
                // nothing comes
            }
            case IN_BODY -> {
                client.readHead();
                client.readText(VALUE.length() / 2);
            }
            case AFTER_ANSWER -> assertThat(client.read().body()).isEqualTo(VALUE);
        }
    }

    @Test
    void faultInAnEmptyBodyIsStillSeen() throws IOException {
        Fault fault = Fault.always(new Effect.Body(""), new Effect.Close(Effect.Point.IN_BODY));
        try (Simulator simulator = simulator(fault); RawClient client = new RawClient(simulator)) {
            client.request("GET", KEY);
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void refusedMeansNoListenerAndThePortComesBack() throws IOException {
        try (Simulator simulator = simulator(Fault.between(ofSeconds(5), ofSeconds(10), new Effect.Refuse()));
                RawClient before = new RawClient(simulator)) {
            assertThat(before.get(KEY).status()).isEqualTo(200);
            simulator.at(ofSeconds(5));
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> new RawClient(simulator)).isInstanceOf(ConnectException.class);
            }
            assertThatThrownBy(before::readByte).isInstanceOf(SocketException.class);
            simulator.at(ofSeconds(10));
            try (RawClient after = new RawClient(simulator)) {
                assertThat(after.get(KEY).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void refusalResetsARequestThatIsBeingAnswered() throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.Delay(Effect.FOREVER)),
                Fault.from(ofSeconds(5), new Effect.Refuse())); RawClient client = new RawClient(simulator)) {
            request(simulator, client);
            simulator.at(ofSeconds(5));

            assertThatThrownBy(client::readByte).isInstanceOf(SocketException.class);
            assertThat(lastOutcome(simulator)).isEqualTo(new RecordedRequest.Outcome.Reset());
        }
    }

    @Test
    void refusalFromTheStartKeepsThePort() throws IOException {
        try (Simulator simulator = simulator(Fault.between(ofSeconds(0), ofSeconds(60), new Effect.Refuse()))) {
            assertThatThrownBy(() -> new RawClient(simulator)).isInstanceOf(ConnectException.class);
            simulator.at(ofSeconds(60));
            try (RawClient after = new RawClient(simulator)) {
                assertThat(after.get(KEY).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void tokensAreRevokedAndNewOnesHold() throws IOException {
        try (Simulator simulator = simulator(Fault.from(ofSeconds(5), new Effect.RevokeTokens()));
                RawClient client = new RawClient(simulator)) {
            String old = "X-aws-ec2-metadata-token: " + client.put("/latest/api/token", TTL).body();
            assertThat(client.get(KEY, old).status()).isEqualTo(200);
            simulator.at(ofSeconds(5));
            assertThat(client.get(KEY, old).status()).isEqualTo(401);
            String fresh = "X-aws-ec2-metadata-token: " + client.put("/latest/api/token", TTL).body();
            assertThat(client.get(KEY, fresh).status()).isEqualTo(200);
        }
    }

    @Test
    void tokensLiveShorterThanAsked() throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.TokenTtl(ofSeconds(60))));
                RawClient client = new RawClient(simulator)) {
            RawClient.Answer granted = client.put("/latest/api/token", TTL);
            String token = "X-aws-ec2-metadata-token: " + granted.body();

            assertThat(granted.header("X-aws-ec2-metadata-token-ttl-seconds")).isEqualTo("60");
            simulator.at(ofSeconds(59));
            assertThat(client.get(KEY, token).status()).isEqualTo(200);
            simulator.at(ofSeconds(60));
            assertThat(client.get(KEY, token).status()).isEqualTo(401);
        }
    }

    @Test
    void dateIsSkewedAbsentOrAbsurd() throws IOException {
        Duration hour = ofMinutes(60);
        try (Simulator simulator = simulator(
                Fault.between(ofSeconds(0), ofSeconds(1), new Effect.DateSkew(hour.negated())),
                Fault.between(ofSeconds(1), ofSeconds(2), new Effect.WithoutHeader("date")),
                Fault.from(ofSeconds(2), new Effect.WithHeader("Date", "yesterday")));
                RawClient client = new RawClient(simulator)) {
            assertThat(client.get(KEY).header("Date")).isEqualTo("Tue, 01 Sep 2026 09:00:00 GMT");
            simulator.at(ofSeconds(1));
            assertThat(client.get(KEY).headers()).doesNotContainKey("Date");
            simulator.at(ofSeconds(2));
            assertThat(client.get(KEY).header("Date")).isEqualTo("yesterday");
        }
    }

    @Test
    void severalFaultsActTogether() throws IOException {
        try (Simulator simulator = simulator(Fault.always(new Effect.Status(200), new Effect.Body("<html>")),
                Fault.always(new Effect.Delay(ofSeconds(1)), new Effect.WithoutHeader("Date")));
                RawClient client = new RawClient(simulator)) {
            request(simulator, client);
            simulator.at(ofSeconds(1));
            RawClient.Answer answer = client.read();

            assertThat(answer.body()).isEqualTo("<html>");
            assertThat(answer.headers()).doesNotContainKey("Date");
        }
    }
}
