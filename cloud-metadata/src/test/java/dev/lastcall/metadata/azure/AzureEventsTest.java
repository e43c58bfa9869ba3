// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataRequest.Method;
import dev.lastcall.metadata.testing.FakeServer;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.RecordingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AzureEventsTest {

    private final ManualClock clock = new ManualClock();
    private final FakeServer server = new FakeServer(clock);
    private final RecordingSink sink = new RecordingSink();
    private volatile MetadataAnswer events = document("");
    private volatile MetadataAnswer name = server.ok("gpu_2");
    private volatile MetadataAnswer approval = server.ok("");
    private @Nullable AzureEvents source;

    AzureEventsTest() {
        server.script(request -> request.path().startsWith("/metadata/instance")
                ? name
                : request.method() == Method.POST ? approval : events);
    }

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
        }
    }

    @Test
    void firstQuestionWaitsAsLongAsTheFeatureTakesToTurnOn() throws InterruptedException {
        events = FakeServer.failed(Kind.TIMEOUT);
        start(AzureSettings.defaults());
        assertThat(server.requests().getFirst().total()).isEqualTo(Duration.ofSeconds(150));
        events = document("");
        clock.run(Duration.ofSeconds(10), 1);

        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        assertThat(server.requests().getLast().total()).isEqualTo(Duration.ofSeconds(2));
        assertThat(server.requests()).allMatch(r -> r.path().equals("/metadata/scheduledevents?api-version=2020-07-01")
                && "true".equals(r.headers().get("Metadata")));
    }

    @Test
    void preemptionOfThisVmIsActedOnAndThatOfAnotherIsNot() throws InterruptedException {
        events = document(event("a", "Preempt", "GPU_7", "Scheduled", in(30)));
        start(AzureSettings.defaults());
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        events = document(event("a", "Preempt", "gpu_7", "Scheduled", in(30)) + ","
                + event("b", "Preempt", "GPU_2", "Scheduled", in(30)));
        clock.run(Duration.ofMillis(1_100), 1);

        assertThat(sink.notice().key()).isEqualTo(new NoticeKey("azure-events", NoticeKind.PREEMPTION, "b"));
        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(left()).isBetween(Duration.ofMillis(28_900), Duration.ofSeconds(30));
    }

    @Test
    void preemptionThatHasStartedLeavesNoTime() throws InterruptedException {
        events = document(event("a", "Preempt", "gpu_2", "Started", ""));
        start(AzureSettings.defaults());

        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(left()).isZero();
    }

    @Test
    void rebootIsPlannedAndFreezeOnlyPublished() throws InterruptedException {
        events = document(event("r", "Reboot", "gpu_2", "Scheduled", in(900)) + ","
                + event("f", "Freeze", "gpu_2", "Scheduled", in(900))
                + "," + event("t", "Terminate", "gpu_2", "Scheduled", in(300)) + ","
                + event("n", "Novelty", "gpu_2", "Scheduled", ""));
        start(AzureSettings.defaults());

        assertThat(sink.last()).isInstanceOfSatisfying(Observation.Present.class, present -> {
            assertThat(present.notices()).extracting(n -> n.key().kind())
                    .containsExactly(NoticeKind.MAINTENANCE, NoticeKind.FREEZE,
                            NoticeKind.SCALE_IN, NoticeKind.MAINTENANCE);
            assertThat(present.notices()).extracting(Notice::finality)
                    .containsExactly(new Finality.FinalBefore(Duration.ofMinutes(10)),
                            Finality.ADVISORY, Finality.FINAL, Finality.ADVISORY);
        });
    }

    @Test
    void rebootUnderWayAtTheAgentsStartIsItsResultAndLaterOnesAreNot() throws InterruptedException {
        events = document(event("old", "Reboot", "gpu_2", "Started", ""));
        start(AzureSettings.defaults());
        assertThat(sink.notice().finality()).isEqualTo(Finality.ADVISORY);
        events = document(event("new", "Redeploy", "gpu_2", "Started", ""));
        clock.run(Duration.ofMillis(1_100), 1);

        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(left()).isZero();
    }

    @Test
    void eventThatGoesAwayIsAbsent() throws InterruptedException {
        events = document(event("a", "Preempt", "gpu_2", "Scheduled", in(30)));
        start(AzureSettings.defaults());
        assertThat(sink.last()).isInstanceOf(Observation.Present.class);
        events = document("");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
    }

    @Test
    void sameDocumentGivesTheSameNotices() throws InterruptedException {
        events = document(event("a", "Preempt", "gpu_2", "Scheduled", ""));
        start(AzureSettings.defaults());
        Observation first = sink.last();
        clock.run(Duration.ofSeconds(20), 1);

        assertThat(sink.seen()).hasSizeGreaterThan(15).allSatisfy(seen -> assertThat(seen).isEqualTo(first));
    }

    @Test
    void withoutItsOwnNameItIsBlindOnlyWhileThereAreEvents() throws InterruptedException {
        name = server.status(500, "");
        start(AzureSettings.defaults());
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        events = document(event("a", "Preempt", "gpu_2", "Scheduled", in(30)));
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.problem().message()).contains("compute/name", "without this VM's name");
        name = server.ok("gpu_2");
        clock.run(Duration.ofSeconds(5), 1);
        assertThat(sink.last()).isInstanceOf(Observation.Present.class);
    }

    @Test
    void brokenEventNeitherHidesAnotherNorIsSilent() throws InterruptedException {
        events = document("{\"EventId\": \"x\"}," + event("b", "Preempt", "gpu_2", "Scheduled", in(30)));
        start(AzureSettings.defaults());
        assertThat(sink.last()).isInstanceOfSatisfying(Observation.Present.class,
                present -> assertThat(present.notices())
                        .extracting(n -> n.key().eventId())
                        .containsExactly("b", "not-understood"));
        close();
        events = document("{\"EventId\": \"x\"}");
        start(AzureSettings.defaults());
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void approvesOnlyWhatIsConfiguredActiveAndForThisVmAlone() throws InterruptedException {
        events = document(event("a", "Preempt", "gpu_2", "Scheduled", in(30)) + ","
                + event("b", "Reboot", "gpu_2\", \"gpu_3", "Scheduled", in(900)));
        start(AzureSettings.defaults());
        assertThat(approve("a")).isPresent();
        assertThat(server.count(Method.POST, "")).isZero();
        close();

        start(AzureSettings.defaults().withApproveWhenIdle(true));
        assertThat(approve("a")).isEmpty();
        MetadataRequest post = server.requests()
                .stream()
                .filter(r -> r.method() == Method.POST)
                .findFirst()
                .orElseThrow();
        assertThat(post.body()).isEqualTo("{\"StartRequests\":[{\"EventId\":\"a\"}]}");
        assertThat(post.headers()).containsEntry("Metadata", "true");
        assertThat(approve("b").orElseThrow().message()).contains("2 VMs");
        assertThat(approve("c").orElseThrow().message()).contains("gone");
        approval = server.status(400, "");
        assertThat(approve("a").orElseThrow().message()).contains("POST", "400");
        assertThat(server.count(Method.POST, "")).isEqualTo(2);
    }

    private Optional<MetadataProblem> approve(String id) throws InterruptedException {
        NoticeKind kind = id.equals("b") ? NoticeKind.MAINTENANCE : NoticeKind.PREEMPTION;
        return Objects.requireNonNull(source).approve(new NoticeKey("azure-events", kind, id));
    }

    private MetadataAnswer document(String events) {
        return server.ok("{\"DocumentIncarnation\": 1, \"Events\": [" + events + "]}");
    }

    private static String event(String id, String type, String resource, String status, String notBefore) {
        return "{\"EventId\": \"" + id + "\", \"EventType\": \"" + type
                + "\", \"ResourceType\": \"VirtualMachine\", \"Resources\": [\""
                + resource + "\"], \"EventStatus\": \"" + status + "\", \"NotBefore\": \"" + notBefore
                + "\", \"DurationInSeconds\": -1}";
    }

    private String in(int seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(clock.wallTime().plusSeconds(seconds).atOffset(ZoneOffset.UTC));
    }

    private void start(AzureSettings settings) throws InterruptedException {
        AzureEvents events = new AzureEvents(settings, server, clock, new Random(2));
        source = events;
        events.start(sink);
        clock.awaitSleepers(1);
    }

    private Duration left() {
        return Objects.requireNonNull(sink.notice().deadline()).remaining(clock);
    }
}
