// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.util.List;

import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.wire.RecordedRequest;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HostileInputTest {

    private static void assertAlive(Simulator simulator) throws IOException {
        try (RawClient client = new RawClient(simulator)) {
            assertThat(client.get("/computeMetadata/v1/instance/preempted", "Metadata-Flavor: Google").body())
                    .isEqualTo("FALSE");
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.BOUNDED)
    void noBytesEndTheServer(@ForAll("payloads") List<String> payloads) throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start()) {
            for (String payload : payloads) {
                try (RawClient client = new RawClient(simulator)) {
                    client.send(payload);
                } catch (IOException e) {
                    // thrown out, as it should be
                }
            }
            assertAlive(simulator);
        }
    }

    @Provide
    Arbitrary<List<String>> payloads() {
        Arbitrary<String> noise = Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(200);
        Arbitrary<String> pieces = Arbitraries.of("GET ", "PUT ", "POST ", "\r\n", "\n", " HTTP/1.1", " HTTP/9.9", "/",
                "/latest/api/token", "/computeMetadata/v1/?wait_for_change=true&timeout_sec=", "%", "%zz", "?a=%",
                "%00",
                "Content-Length: ", "Transfer-Encoding: chunked\r\n", "99999999999999999999", "-1", "ffffffff\r\n",
                ": ",
                "Metadata-Flavor: Google\r\n", "Metadata: true\r\n", "http://", "Expect: 100-continue\r\n",
                "X-aws-ec2-metadata-token-ttl-seconds: 60\r\n", "\u0000");
        Arbitrary<String> requests = Arbitraries.oneOf(pieces, noise)
                .list()
                .ofMaxSize(20)
                .map(parts -> String.join("", parts) + "\r\n\r\n");
        return Arbitraries.oneOf(noise, requests).list().ofSize(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"})
    void whatIsNoRequestIsAnsweredAndRecorded(String bytes) throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start(); RawClient client = new RawClient(simulator)) {
            client.send(bytes);

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.readByte()).isEqualTo(-1);
            assertThat(simulator.requests()).singleElement()
                    .extracting(RecordedRequest::method)
                    .isEqualTo(RecordedRequest.MALFORMED);
            assertAlive(simulator);
        }
    }

    @Test
    void longLinesManyHeadersAndLargeBodiesAreCutOff() throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start()) {
            List<String> requests = List.of("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\r\n" + "X-Filler: y\r\n".repeat(10_000) + "\r\n",
                    "POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + "a".repeat(1_000_000),
                    "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
            for (String request : requests) {
                try (RawClient client = new RawClient(simulator)) {
                    client.send(request);
                } catch (IOException e) {
                    // cut off in mid-send
                }
                assertAlive(simulator);
            }
        }
    }
}
