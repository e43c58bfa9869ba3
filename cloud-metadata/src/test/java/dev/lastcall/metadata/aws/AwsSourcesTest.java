// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest.Method;
import dev.lastcall.metadata.testing.FakeServer;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.RecordingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AwsSourcesTest {

    private static final String ACTION = "spot/instance-action";
    private static final String SCHEDULED = "events/maintenance/scheduled";

    private final ManualClock clock = new ManualClock();
    private final FakeServer imds = new FakeServer(clock);
    private final Map<String, MetadataAnswer> keys = new ConcurrentHashMap<>();
    private final RecordingSink sink = new RecordingSink();
    private @Nullable NoticeSource started;

    AwsSourcesTest() {
        imds.script(request -> request.method() == Method.PUT
                ? imds.ok("token")
                : keys.get(request.path().replace("/latest/meta-data/", "")));
        keys.put("instance-life-cycle", imds.ok("spot"));
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void absentForEverIsOneTokenAndASteadyPace() throws InterruptedException {
        start("aws-spot");
        clock.run(Duration.ofMinutes(10), 1);

        assertThat(sink.seen()).hasSizeBetween(600, 667).containsOnly(Observation.ABSENT);
        assertThat(imds.count(Method.PUT, "")).isEqualTo(1);
    }

    @Test
    void noticeIsReadWithinOnePollAndCountedFromTheAnswersDate() throws InterruptedException {
        start("aws-spot");
        clock.run(Duration.ofSeconds(10), 1);
        clock.stepWallTime(Duration.ZERO);
        keys.put(ACTION, action("terminate", clock.wallTime().plusSeconds(120)));
        int before = sink.seen().size();
        clock.run(Duration.ofMillis(1_100), 1);

        assertThat(sink.seen()).hasSizeGreaterThan(before);
        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(sink.notice().key().kind()).isEqualTo(NoticeKind.SPOT_INTERRUPTION);
        assertThat(sink.notice().description())
                .startsWith("EC2 will terminate this spot instance at 2026-11-24T12:02:10Z");
        Deadline first = Objects.requireNonNull(sink.notice().deadline());
        assertThat(first.remaining(clock)).isBetween(Duration.ofSeconds(117), Duration.ofSeconds(121));
        clock.run(Duration.ofSeconds(30), 1);
        assertThat(sink.notice().deadline()).as("read again, the same to the nanosecond").isEqualTo(first);
    }

    @Test
    void noticeThatIsThereAtStartIsActedOnAtOnce() throws InterruptedException {
        keys.put(ACTION, action("stop", clock.wallTime().plusSeconds(50)));
        start("aws-spot");

        assertThat(left(sink.notice())).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void hibernationLeavesNoTime() throws InterruptedException {
        keys.put(ACTION, action("hibernate", clock.wallTime().plusSeconds(120)));
        start("aws-spot");

        assertThat(left(sink.notice())).isZero();
    }

    @Test
    void unknownActionAndUnreadableTimeAreActedOnWithTheDefaultWindow() throws InterruptedException {
        keys.put(ACTION, imds.ok("{\"action\": \"evaporate\", \"time\": \"soon\", \"more\": [1]}"));
        start("aws-spot");
        clock.run(Duration.ofSeconds(20), 1);

        assertThat(left(sink.notice())).as("counted from when it was first seen").isEqualTo(Duration.ofSeconds(100));
        assertThat(sink.notice().description()).contains("evaporate", "unknown action", "120 s assumed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "<html><body>busy</body></html>", "{\"action\": \"termin", "{\"action\": 5}",
        "[]", "null", "\"terminate\"",
        "\u0000\u0000", "\ufeff{\"action\": \"terminate\"}", "{\"action\": \"terminate\"} trailing",
        "{\"action\": \" \"}",
        "{\"time\": \"2026-11-24T12:00:00Z\"}"})
    void bodyThatIsNotUnderstoodIsAnErrorAskedAgainAtOnceAndNoNotice(String body) throws InterruptedException {
        keys.put(ACTION, imds.ok(body));
        start("aws-spot");

        assertThat(sink.seen()).as("the first look, and one more at once").hasSize(2);
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
        assertThat(sink.problem().message())
                .startsWith("GET http://169.254.169.254/latest/meta-data/spot/instance-action: 200");
        keys.put(ACTION, action("terminate", clock.wallTime().plusSeconds(100)));
        clock.run(Duration.ofSeconds(6), 1);
        assertThat(sink.last()).isInstanceOf(Observation.Present.class);
    }

    @Test
    void failuresOfEveryKindAreNoNoticeAndNoAbsenceAndTheNoticeBehindThemIsSeen() throws InterruptedException {
        for (MetadataAnswer fault : new MetadataAnswer[]{imds.status(500, "x"), imds.status(503, ""),
            imds.status(429, ""),
            imds.status(401, ""), imds.status(403, ""), imds.status(301, ""), imds.status(204, ""),
            FakeServer.failed(Kind.TIMEOUT),
            FakeServer.failed(Kind.UNREACHABLE)}) {
            keys.put(ACTION, fault);
            if (started == null) {
                start("aws-spot");
            }
            clock.run(Duration.ofSeconds(20), 1);
            assertThat(sink.last()).isInstanceOf(Observation.Unknown.class);
        }
        assertThat(sink.seen()).doesNotContain(Observation.ABSENT);
        keys.put(ACTION, action("terminate", clock.wallTime().plusSeconds(120)));
        clock.run(Duration.ofSeconds(5), 1);
        assertThat(sink.last()).isInstanceOf(Observation.Present.class);
    }

    @Test
    void persistent401IsBoundedInRequests() throws InterruptedException {
        keys.put(ACTION, imds.status(401, ""));
        start("aws-spot");
        clock.run(Duration.ofMinutes(5), 1);

        assertThat(imds.count(Method.GET, ACTION)).isLessThan(900);
        assertThat(imds.count(Method.PUT, "")).isLessThan(900);
        assertThat(sink.problem().kind()).isEqualTo(Kind.DENIED);
    }

    @Test
    void refusedTokensAreExplained() throws InterruptedException {
        imds.script(request -> imds.status(403, ""));
        start("aws-spot");
        assertThat(sink.problem().message()).startsWith("PUT http://169.254.169.254/latest/api/token: 403")
                .contains("IMDS is disabled");
        imds.script(request -> FakeServer.failed(Kind.TIMEOUT));
        clock.run(Duration.ofSeconds(10), 1);
        assertThat(sink.problem().message()).contains("hostNetwork: true", "HttpPutResponseHopLimit=2");
        assertThat(imds.count(Method.GET, "")).as("without a token nothing is read").isZero();
    }

    @Test
    void onDemandInstanceIsPolledSlowly() throws InterruptedException {
        keys.put("instance-life-cycle", imds.ok("on-demand"));
        start("aws-spot");
        await().until(() -> imds.count(Method.GET, "availability-zone") == 1);
        clock.run(Duration.ofMinutes(10), 1);

        assertThat(sink.seen()).hasSizeBetween(54, 70);
    }

    @Test
    void terminationTimeThatIsNoTimeIsNoNotice() throws InterruptedException {
        keys.put("spot/termination-time", imds.ok("not set"));
        start("aws-termination-time");
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        keys.put("spot/termination-time", imds.ok("2026-11-24T12:"));
        clock.run(Duration.ofSeconds(6), 1);
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void aTimeLeftBehindFromAnInterruptionThatFailedIsShownWithItsPastTime() throws InterruptedException {
        Instant past = clock.wallTime().minusSeconds(600);
        keys.put("spot/termination-time", imds.ok(past.toString()));
        start("aws-termination-time");

        assertThat(sink.notice().pastTime()).isEqualTo(past);
        assertThat(sink.notice().description()).contains("600 s ago");
    }

    @Test
    void aTimeThatHasJustPassedIsANoticeReadLate() throws InterruptedException {
        keys.put("spot/termination-time", imds.ok(clock.wallTime().minusSeconds(20).toString()));
        start("aws-termination-time");

        assertThat(sink.notice().pastTime()).isNull();
    }

    @Test
    void terminationTimeThatPassesWhileItIsActiveStaysANotice() throws InterruptedException {
        keys.put("spot/termination-time", imds.ok(clock.wallTime().plusSeconds(100).toString()));
        start("aws-termination-time");
        assertThat(left(sink.notice())).isEqualTo(Duration.ofSeconds(100));
        clock.run(Duration.ofMinutes(10), 1);
        assertThat(left(sink.notice())).isZero();
    }

    @Test
    void rebalanceIsAdvisoryUnlessConfigured() throws InterruptedException {
        keys.put("events/recommendations/rebalance", imds.ok("{\"noticeTime\": \"2026-11-24T11:59:00Z\"}"));
        start("aws-rebalance");
        assertThat(sink.notice().finality()).isEqualTo(Finality.ADVISORY);
        close();

        AwsSettings plain = AwsSettings.defaults();
        start("aws-rebalance",
                new AwsSettings(plain.endpoints(), plain.timeout(), plain.tokenTtl(), false, plain.spotPoll(),
                        plain.otherPoll(), plain.spotWindow(),
                        new AwsSettings.Rebalance(true, Duration.ofMinutes(5), Duration.ofSeconds(5)),
                        plain.maintenance(), plain.scaleIn()));
        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(left(sink.notice())).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void scheduledRebootTwoWeeksAheadIsPlannedForItsLead() throws InterruptedException {
        keys.put(SCHEDULED, scheduled("system-reboot", "active", "8 Dec 2026 12:00:00 GMT"));
        start("aws-maintenance");

        assertThat(sink.notice().finality()).isEqualTo(new Finality.FinalBefore(Duration.ofMinutes(10)));
        assertThat(left(sink.notice())).isEqualTo(Duration.ofDays(14));
        assertThat(sink.notice().key().eventId()).isEqualTo("instance-event-0d5");
    }

    @Test
    void failingHardwareDrainsNowWhereSoConfigured() throws InterruptedException {
        keys.put(SCHEDULED, scheduled("instance-retirement", "active", "8 Dec 2026 12:00:00 GMT"));
        start("aws-maintenance", retirementNow());
        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(left(sink.notice())).isEqualTo(Duration.ofDays(14));
    }

    @Test
    void rebootThatHadBegunBeforeTheAgentIsOnlyPublished() throws InterruptedException {
        keys.put(SCHEDULED, scheduled("system-reboot", "active", "24 Nov 2026 11:55:00 GMT"));
        start("aws-maintenance");
        assertThat(sink.notice().finality()).isEqualTo(Finality.ADVISORY);
    }

    @Test
    void completedAndCanceledEventsAreAbsent() throws InterruptedException {
        keys.put(SCHEDULED, scheduled("system-reboot", "completed", "8 Dec 2026 12:00:00 GMT"));
        start("aws-maintenance");
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        keys.put(SCHEDULED, scheduled("system-reboot", "canceled", "8 Dec 2026 12:00:00 GMT"));
        clock.run(Duration.ofSeconds(70), 1);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        keys.put(SCHEDULED, imds.ok("[]"));
        clock.run(Duration.ofSeconds(70), 1);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
    }

    @Test
    void unknownCodeAndMissingFieldsAreRead() throws InterruptedException {
        keys.put(SCHEDULED, imds.ok("""
                [{"Code": "quantum-flip", "NotBefore": "25 Nov 2026 12:00:00 GMT", "NotAfter": "", "Extra": {"a": []}},
                 {"Code": "instance-stop", "EventId": "two"}]"""));
        start("aws-maintenance");

        assertThat(sink.last()).isInstanceOfSatisfying(Observation.Present.class, present -> {
            assertThat(present.notices().get(0).finality()).isInstanceOf(Finality.FinalBefore.class);
            assertThat(present.notices().get(1).finality()).isEqualTo(Finality.ADVISORY);
        });
    }

    @Test
    void eventThatIsNotUnderstoodNeitherHidesTheOthersNorWithdrawsItself() throws InterruptedException {
        keys.put(SCHEDULED, scheduled("system-reboot", "active", "8 Dec 2026 12:00:00 GMT"));
        start("aws-maintenance");
        Notice reboot = sink.notice();
        keys.put(SCHEDULED, imds.ok("[{\"EventId\": 7}, {\"Code\": \"instance-stop\", \"EventId\": \"two\"}]"));
        clock.run(Duration.ofSeconds(70), 1);

        assertThat(sink.last()).isInstanceOfSatisfying(Observation.Present.class,
                present -> assertThat(present.notices()).contains(reboot)
                        .extracting(notice -> notice.key().eventId())
                        .containsExactly("instance-event-0d5", "two", "not-understood"));
    }

    @Test
    void scaleInIsOptInAndOnlyTerminationCounts() throws InterruptedException {
        assertThat(sources(AwsSettings.defaults()).sources()).extracting(NoticeSource::name).doesNotContain("aws-asg");
        String state = "autoscaling/target-lifecycle-state";
        AwsSettings plain = AwsSettings.defaults();
        AwsSettings optIn = new AwsSettings(plain.endpoints(), plain.timeout(), plain.tokenTtl(), false,
                plain.spotPoll(),
                plain.otherPoll(), plain.spotWindow(), plain.rebalance(), plain.maintenance(),
                new AwsSettings.ScaleIn(true, Duration.ofMinutes(15), Duration.ofSeconds(5)));
        start("aws-asg", optIn);
        for (String other : new String[]{"InService", "Standby", "Detached", "Warmed:Terminated", "Warmed:Stopped"}) {
            keys.put(state, imds.ok(other));
            clock.run(Duration.ofSeconds(6), 1);
            assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        }
        keys.put(state, imds.ok("Terminated"));
        clock.run(Duration.ofSeconds(6), 1);
        assertThat(sink.notice().key().kind()).isEqualTo(NoticeKind.SCALE_IN);
        keys.put(state, imds.ok("Exploded"));
        clock.run(Duration.ofSeconds(6), 1);
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void factsOfTheInstanceAreLearnt() throws InterruptedException {
        keys.put("instance-id", imds.ok("i-0abc"));
        keys.put("instance-type", imds.ok("p5.48xlarge"));
        keys.put("placement/availability-zone", imds.ok("<html>"));
        AwsSources sources = sources(AwsSettings.defaults());
        begin(sources, "aws-spot");
        await().until(() -> sources.facts().equals(new InstanceFacts("i-0abc", "p5.48xlarge", "spot", "")));
        keys.put("placement/availability-zone", imds.ok("eu-west-1a"));
        clock.run(Duration.ofSeconds(70), 1);

        await().until(() -> sources.facts().isComplete());
        assertThat(sources.facts().zone()).isEqualTo("eu-west-1a");
    }

    private MetadataAnswer action(String action, Instant time) {
        return imds.ok("{\"action\": \"" + action + "\", \"time\": \"" + time + "\"}");
    }

    private MetadataAnswer scheduled(String code, String state, String notBefore) {
        return imds.ok(
                "[{\"NotBefore\": \"" + notBefore + "\", \"Code\": \"" + code + "\", \"Description\": \"scheduled\", "
                        + "\"EventId\": \"instance-event-0d5\", \"State\": \"" + state + "\"}]");
    }

    private static AwsSettings retirementNow() {
        AwsSettings plain = AwsSettings.defaults();
        return new AwsSettings(plain.endpoints(), plain.timeout(), plain.tokenTtl(), false, plain.spotPoll(),
                plain.otherPoll(),
                plain.spotWindow(), plain.rebalance(),
                new AwsSettings.Maintenance(Duration.ofMinutes(10), true, Duration.ofMinutes(1)),
                plain.scaleIn());
    }

    private AwsSources sources(AwsSettings settings) {
        return new AwsSources(settings, imds, clock, new Random(11));
    }

    private void start(String name) throws InterruptedException {
        start(name, AwsSettings.defaults());
    }

    private void start(String name, AwsSettings settings) throws InterruptedException {
        begin(sources(settings), name);
    }

    private void begin(AwsSources sources, String name) throws InterruptedException {
        NoticeSource source = sources.sources().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
        started = source;
        source.start(sink);
        clock.awaitSleepers(1);
    }

    private Duration left(Notice notice) {
        return Objects.requireNonNull(notice.deadline()).remaining(clock);
    }
}
