// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.LoadPlan;
import dev.lastcall.agent.demo.load.Verdict;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class CompletionServerTest {

    private final Vertx vertx = Vertx.vertx();
    private final CompletionServer server = CompletionServer.start(vertx, 500);

    @AfterEach
    void close() {
        server.close();
        vertx.close().await();
    }

    @Test
    void everyRequestThatIsLeftAloneIsComplete() throws Exception {
        try (var load = new LoadGenerator(plan().withTokens(5, 20))) {
            load.start();
            await().until(() -> load.endings().size() >= 40);
            load.stop();
            assertThat(load.awaitEnd(Duration.ofSeconds(20))).isTrue();

            assertThat(load.table().count(Verdict.COMPLETE)).isEqualTo(load.endings().size());
        }
    }

    @Test
    void stopLosesWhatIsInFlight() throws Exception {
        try (var load = new LoadGenerator(plan().withTokens(5_000, 5_000))) {
            load.start();
            await().until(() -> server.inFlight() == 4);
            server.stop();
            load.stop();
            assertThat(load.awaitEnd(Duration.ofSeconds(20))).isTrue();

            assertThat(load.table().count(Verdict.LOST)).isEqualTo(4);
        }
    }

    @Test
    void gaugeFallsToZeroWhenClientsLeave() throws Exception {
        try (var load = new LoadGenerator(plan().withTokens(5_000, 5_000))) {
            load.start();
            await().until(() -> get("/metrics").contains("llamacpp:requests_processing 4\n"));
        }

        await().until(() -> get("/metrics").contains("llamacpp:requests_processing 0\n"));
    }

    @Test
    void wordsAreNumbered() throws Exception {
        var request = HttpRequest.newBuilder(server.url().resolve("/v1/completions"))
                .POST(BodyPublishers.ofString("{\"max_tokens\":3}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("\" w0 w1 w2\"");
        }
    }

    private LoadPlan plan() {
        return LoadPlan.against(URI.create(server.url() + "/v1/completions"), 2, 2);
    }

    private String get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(server.url().resolve(path)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
