// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.agent.values.Secret;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class WebhookTest {

    private static final NodeClock CLOCK = NodeClock.system();

    private final Vertx vertx = Vertx.vertx();
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private Webhook webhook;

    @BeforeEach
    void start() {
        HttpServer server = vertx.createHttpServer().requestHandler(request -> request.body().onSuccess(body -> {
            heads.add(request.getHeader("Content-Type") + " " + request.getHeader("Authorization"));
            if (failures.getAndDecrement() > 0) {
                request.response().setStatusCode(503).end();
            } else {
                received.add(JsonMapper.shared().readTree(body.toString()));
                request.response().setStatusCode(202).end();
            }
        }));
        server.listen(0, "127.0.0.1").await();
        webhook = new Webhook(vertx,
                new WebhookSettings(URI.create("http://127.0.0.1:" + server.actualPort() + "/hook?x=1"),
                        Optional.of(Secret.of("a-secret"))),
                "gpu-1", CLOCK);
    }

    @AfterEach
    void close() {
        webhook.close();
        vertx.close().await();
    }

    @Test
    void sendsTheNoticeTheWithdrawalAndTheDrainAsCloudEvents() {
        Reclamation reclamation = reclamation();
        webhook.on(new NoticeEvent.Noticed(reclamation));
        await(1);
        webhook.on(new NoticeEvent.Withdrawn(reclamation));
        await(2);
        webhook.drained("llama", "drained", reclamation.detectedAt());
        await(3);

        assertThat(received).extracting(one -> one.path("type").asString(""))
                .containsExactly("dev.lastcall.noticed.v1", "dev.lastcall.withdrawn.v1", "dev.lastcall.drained.v1");
        assertThat(received.getFirst().path("specversion").asString("")).isEqualTo("1.0");
        assertThat(received.getFirst().path("source").asString("")).isEqualTo("/lastcall/nodes/gpu-1");
        assertThat(received.getFirst().path("data").path("notice").asString(""))
                .isEqualTo("aws-spot/spot-interruption");
        assertThat(received).extracting(one -> one.path("id").asString("")).doesNotHaveDuplicates();
        assertThat(heads.getFirst()).isEqualTo("application/cloudevents+json; charset=utf-8 Bearer a-secret");
    }

    @Test
    void triesAgainWhereTheReceiverFailsAndSendsTheSameEvent() {
        failures.set(2);
        webhook.on(new NoticeEvent.Noticed(reclamation()));
        await(1);
        assertThat(heads).hasSize(3);
    }

    @Test
    void anAgentThatWasRestartedInMidDrainSendsNoEventTwice() {
        webhook.on(new NoticeEvent.Noticed(reclamation(), true));
        webhook.drained("llama", "drained", CLOCK.wallTime());
        await(1);
        assertThat(received.getFirst().path("type").asString("")).isEqualTo("dev.lastcall.drained.v1");
    }

    private void await(int events) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> received.size() == events);
    }

    private static Reclamation reclamation() {
        Deadline deadline = Deadline.in(Duration.ofSeconds(110), CLOCK);
        return new Reclamation(new Notice(NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION), Finality.FINAL,
                deadline, "terminate"), deadline, CLOCK.wallTime(), CLOCK.nanoTime());
    }
}
