// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;

import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.BoardTicker;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.SourceStatus;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureEvents;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.WebClientTransport;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.SimulatorBuilder;
import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import dev.lastcall.simulator.wire.RecordedRequest;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The sources over real sockets against the simulated metadata servers. */
class SimulatedCloudsTest {

    private static final String ACTION = "spot/instance-action";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final NodeClock clock = NodeClock.system();
    private final Vertx vertx = Vertx.vertx();
    private final WebClientTransport transport = new WebClientTransport(vertx, clock);
    private final List<NoticeEvent> events = new CopyOnWriteArrayList<>();
    private final NoticeBoard board = new NoticeBoard(clock, List.of(events::add));
    private final BoardTicker ticker = new BoardTicker(board, clock);
    private List<NoticeSource> sources = List.of();

    @AfterEach
    void close() {
        sources.forEach(NoticeSource::close);
        ticker.close();
        transport.close();
        vertx.close().await();
    }

    @Test
    void spotNoticeOfAwsIsSeenAndItsDeadlineIsTheNoticesTime() {
        Timeline timeline = Timeline.builder()
                .at(SECOND)
                .set(ACTION, Value.fields("action", "terminate", "time", "in 120s"))
                .set("spot/termination-time", "in 120s")
                .build();
        try (Simulator simulator = Simulator.aws(timeline).manual().start()) {
            aws(simulator);
            await().until(() -> sourceNamed("aws-maintenance").looks() > 0 && sourceNamed("aws-spot").looks() > 0);
            assertThat(events).isEmpty();
            simulator.at(SECOND);
            await().until(() -> !events.isEmpty());

            Reclamation reclamation = ((NoticeEvent.Noticed) events.getFirst()).reclamation();
            assertThat(reclamation.notice().key().kind()).isEqualTo(NoticeKind.SPOT_INTERRUPTION);
            assertThat(reclamation.window()).isBetween(Duration.ofSeconds(118), Duration.ofSeconds(121));
            assertThat(simulator.requests().stream().filter(r -> r.method().equals("PUT")))
                    .as("one token, though a starved machine may ask twice")
                    .hasSizeLessThan(4);
            assertThat(simulator.requests()).extracting(RecordedRequest::connection)
                    .as("connections are kept")
                    .allMatch(number -> number <= 6);
        }
    }

    @Test
    void missingDateAndAHostAnHourBehindLeaveTheDefaultWindow() {
        Timeline timeline = Timeline.builder()
                .set(ACTION, Value.fields("action", "stop", "time", "in 120s"))
                .fault(Fault.always(new Effect.WithoutHeader("Date")))
                .build();
        try (Simulator simulator = Simulator.aws(timeline).manual(Instant.now().plusSeconds(3_600)).start()) {
            aws(simulator);
            await().until(() -> !events.isEmpty());
            assertThat(window()).as("no Date and a host an hour behind")
                    .isBetween(Duration.ofSeconds(118), Duration.ofMinutes(2));
            assertThat(board.snapshot().notices().getFirst().notice().description()).contains("host's clock");
        }
    }

    @Test
    void hostAnHourOffMovesNoDeadlineWhileTheAnswerIsDated() {
        Timeline timeline = Timeline.builder().set(ACTION, Value.fields("action", "stop", "time", "in 120s")).build();
        try (Simulator simulator = Simulator.aws(timeline).manual(Instant.now().plusSeconds(3_600)).start()) {
            aws(simulator);
            await().until(() -> !events.isEmpty());
            assertThat(window()).isBetween(Duration.ofSeconds(118), Duration.ofSeconds(121));
            assertThat(board.snapshot().notices().getFirst().notice().description()).doesNotContain("(");
        }
    }

    @Test
    void rejectedTokensAreReplacedAndFaultsAreNoWithdrawal() {
        Timeline timeline = Timeline.builder()
                .set(ACTION, Value.fields("action", "terminate", "time", "in 120s"))
                .at(SECOND)
                .fault(Fault.between(SECOND, Duration.ofSeconds(2), new Effect.RevokeTokens()))
                .fault(Fault.from(Duration.ofSeconds(5), new Effect.Status(503)))
                .build();
        try (Simulator simulator = Simulator.aws(timeline).manual().start()) {
            aws(simulator);
            await().until(() -> !events.isEmpty());
            simulator.at(SECOND);
            long looks = sourceNamed("aws-spot").looks();
            await().until(() -> sourceNamed("aws-spot").looks() >= looks + 3);
            assertThat(sourceNamed("aws-spot").problems()).containsEntry(Kind.DENIED, 0L);
            simulator.at(Duration.ofSeconds(5));
            await().until(() -> sourceNamed("aws-spot").problems().getOrDefault(Kind.SERVER_ERROR, 0L) >= 4);

            assertThat(events).hasSize(1);
        }
    }

    @Test
    void withdrawnNoticeOfAwsReopens() {
        Timeline timeline = Timeline.builder()
                .set(ACTION, Value.fields("action", "terminate", "time", "in 120s"))
                .at(SECOND)
                .remove(ACTION)
                .build();
        try (Simulator simulator = Simulator.aws(timeline).manual().start()) {
            aws(simulator);
            await().until(() -> !events.isEmpty());
            simulator.at(SECOND);
            await().atMost(Duration.ofSeconds(30)).until(() -> events.size() == 2);
            assertThat(events.get(1)).isInstanceOf(NoticeEvent.Withdrawn.class);
        }
    }

    @Test
    void preemptionOfGoogleIsSeenThroughTheHeldRequest() {
        Timeline timeline = Timeline.builder().at(SECOND).set("instance/preempted", "TRUE").build();
        try (Simulator simulator = Simulator.gcp(timeline).manual().start()) {
            gcp(simulator);
            await().until(() -> simulator.requests()
                    .stream()
                    .anyMatch(r -> r.target().contains("preempted?wait_for_change=true&timeout_sec=30&last_etag=")));
            simulator.at(SECOND);
            await().until(() -> !events.isEmpty());

            assertThat(window()).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(30));
            assertThat(simulator.requests().stream().filter(r -> r.target().contains("preempted")).count())
                    .isLessThan(6);
        }
    }

    @Test
    void watchdogSeesWhatADeadHeldRequestDoesNot() {
        Timeline timeline = Timeline.builder()
                .at(SECOND)
                .set("instance/preempted", "TRUE")
                .fault(Fault.always(new Effect.Hang(Effect.HangEnd.NEVER)))
                .build();
        try (Simulator simulator = Simulator.gcp(timeline).manual().start()) {
            gcp(simulator);
            await().until(() -> simulator.requests().stream().anyMatch(r -> r.target().contains("wait_for_change")));
            simulator.at(SECOND);
            await().atMost(Duration.ofSeconds(30)).until(() -> !events.isEmpty());
        }
    }

    @Test
    void hiddenKeysOfGkeAreBlindness() {
        SimulatorBuilder gke = Simulator.of(new Script(
                new SimulatedCloud.Gcp(SimulatedCloud.Gcp.View.GKE),
                Timeline.EMPTY));
        try (Simulator simulator = gke.manual().start()) {
            gcp(simulator);
            await().until(() -> sourceNamed("gcp-preempted").failing());
            assertThat(String.valueOf(sourceNamed("gcp-preempted").lastProblem())).contains("hostNetwork");
        }
    }

    @Test
    void preemptionOfAzureIsSeenAndApproved() throws Exception {
        Timeline timeline = Timeline.builder()
                .at(SECOND)
                .set("events", Value.items(
                        Value.fields("EventId", "e-1", "EventType", "Preempt", "ResourceType", "VirtualMachine",
                                "Resources", Value.items("mine_0"), "EventStatus", "Scheduled", "NotBefore", "in 30s"),
                        Value.fields("EventId", "e-2", "EventType", "Preempt", "ResourceType", "VirtualMachine",
                                "Resources",
                                Value.items("other_1"), "EventStatus", "Scheduled", "NotBefore", "in 5s")))
                .build();
        try (Simulator simulator = Simulator.azure(timeline).manual().start()) {
            SourceSettings plain = SourceSettings.defaults();
            AzureSettings azure = AzureSettings.defaults()
                    .withEndpoint(endpoint(simulator))
                    .withResourceName("MINE_0")
                    .withApproveWhenIdle(true);
            start(Cloud.AZURE, new SourceSettings(plain.aws(), plain.gcp(), azure, List.of()));
            await().until(() -> sourceNamed("azure-events").looks() > 0);
            simulator.at(SECOND);
            await().until(() -> !events.isEmpty());
            assertThat(window()).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(31));

            AzureEvents source = (AzureEvents) sources.getFirst();
            Reclamation reclamation = board.reclamation().orElseThrow();
            var approval = new FutureTask<>(() -> source.approve(reclamation.notice().key()));
            Thread.ofVirtual().start(approval);
            assertThat(approval.get()).isEmpty();
            assertThat(simulator.requests().stream().filter(r -> r.method().equals("POST"))).singleElement()
                    .satisfies(post -> assertThat(post.body()).contains("e-1"));
        }
    }

    private void aws(Simulator simulator) {
        SourceSettings plain = SourceSettings.defaults();
        AwsSettings aws = AwsSettings.defaults().withEndpoints(endpoint(simulator));
        start(Cloud.AWS, new SourceSettings(aws, plain.gcp(), plain.azure(), List.of()));
    }

    private void gcp(Simulator simulator) {
        SourceSettings plain = SourceSettings.defaults();
        GcpSettings gcp = GcpSettings.defaults().withEndpoint(endpoint(simulator));
        start(Cloud.GCP, new SourceSettings(plain.aws(), gcp, plain.azure(), List.of()));
    }

    private void start(Cloud cloud, SourceSettings settings) {
        sources = new Sources(transport, clock, new Random(9), Path.of("/")).forCloud(cloud, settings).all();
        for (NoticeSource source : sources) {
            board.expect(source);
            source.start(board);
        }
        ticker.start();
    }

    private static Endpoint endpoint(Simulator simulator) {
        return Endpoint.parse(simulator.endpoint().toString());
    }

    private SourceStatus sourceNamed(String name) {
        BoardSnapshot snapshot = board.snapshot();
        return snapshot.sources().stream().filter(source -> source.name().equals(name)).findFirst().orElseThrow();
    }

    private Duration window() {
        return board.reclamation().orElseThrow().window();
    }
}
