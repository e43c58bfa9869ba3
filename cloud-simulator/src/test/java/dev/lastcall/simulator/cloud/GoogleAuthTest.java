// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.io.IOException;
import java.net.Proxy;
import java.util.List;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.oauth2.ComputeEngineCredentials;
import com.google.auth.oauth2.IdToken;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.wire.RecordedRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The simulator is believed because Google's own client takes it for the real thing. */
class GoogleAuthTest {

    /** The library's own addresses stay as they are; the simulator is put in their way as a proxy. */
    private static ComputeEngineCredentials credentials(Simulator simulator) {
        NetHttpTransport transport = new NetHttpTransport.Builder()
                .setProxy(new Proxy(Proxy.Type.HTTP, simulator.address()))
                .build();
        return ComputeEngineCredentials.newBuilder().setHttpTransportFactory(() -> transport).build();
    }

    @Test
    void googleLibraryGetsAnAccessTokenAndTheFacts() throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start()) {
            ComputeEngineCredentials credentials = credentials(simulator);

            assertThat(credentials.refreshAccessToken().getTokenValue()).startsWith("simulated-");
            assertThat(credentials.refreshAccessToken().getExpirationTime()).isInTheFuture();
            assertThat(credentials.getAccount()).isEqualTo(GceAccount.EMAIL);
            assertThat(credentials.getProjectId()).isEqualTo("lastcall-simulated");
            assertThat(credentials.getUniverseDomain()).isEqualTo("googleapis.com");
            assertThat(simulator.requests()).allSatisfy(request -> {
                assertThat(request.header("Metadata-Flavor")).isEqualTo("Google");
                assertThat(request.outcome()).isEqualTo(new RecordedRequest.Outcome.Answered(200));
            });
        }
    }

    @Test
    void googleLibraryGetsAnIdentity() throws IOException {
        try (Simulator simulator = Simulator.gcp(Timeline.EMPTY).start()) {
            IdToken identity = credentials(simulator).idTokenWithAudience("https://audience.example", List.of());

            assertThat(identity.getTokenValue().split("\\.")).hasSize(3);
            assertThat(identity.getExpirationTime()).isInTheFuture();
        }
    }

    @Test
    void googleLibrarySeesAFaultAsAFault() {
        Timeline timeline = Timeline.builder().fault(Fault.always(new Effect.Status(404)).onPath("*/token")).build();
        try (Simulator simulator = Simulator.gcp(timeline).start()) {
            assertThatThrownBy(() -> credentials(simulator).refreshAccessToken()).isInstanceOf(IOException.class)
                    .hasMessageContaining("404");
        }
    }
}
