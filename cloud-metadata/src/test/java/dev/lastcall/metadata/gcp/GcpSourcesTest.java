// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class GcpSourcesTest {

    private static final String PREEMPTED = "gcp-preempted";

    private final ManualClock clock = new ManualClock();
    private final FakeServer server = new FakeServer(clock);
    private final RecordingSink sink = new RecordingSink();
    /** Answers to held requests, in order; the request waits for one. */
    private final BlockingQueue<MetadataAnswer> held = new LinkedBlockingQueue<>();
    private volatile MetadataAnswer plain = server.status(404, "");
    private @Nullable NoticeSource started;

    GcpSourcesTest() {
        server.script(request -> request.path().contains("wait_for_change") ? held.take() : plain);
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void changeIsSeenByTheHeldRequestWithoutAnyTimePassing() throws InterruptedException {
        plain = value("FALSE", "e1");
        start(PREEMPTED);
        await().until(() -> holds() == 1);
        held.add(value("TRUE", "e2"));
        await().until(() -> sink.last() instanceof Observation.Present);

        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(sink.notice().key().kind()).isEqualTo(NoticeKind.PREEMPTION);
        assertThat(left(sink.notice())).isEqualTo(Duration.ofSeconds(30));
        MetadataRequest first = server.requests()
                .stream()
                .filter(r -> r.path().contains("wait"))
                .findFirst()
                .orElseThrow();
        assertThat(first.path())
                .isEqualTo("/computeMetadata/v1/instance/preempted?wait_for_change=true&timeout_sec=30&last_etag=e1");
        assertThat(first.total()).isEqualTo(Duration.ofSeconds(40));
        assertThat(server.requests()).allMatch(r -> "Google".equals(r.headers().get("Metadata-Flavor")));
        await().until(() -> server.requests().getLast().path().endsWith("last_etag=e2"));
    }

    @Test
    void valueThatIsTrueAlreadyIsActedOnAtTheFirstPlainRead() throws InterruptedException {
        plain = value("TRUE", "e9");
        start(PREEMPTED, GcpSettings.defaults().withPreemptionNotice(Duration.ofMinutes(2)));
        await().until(() -> !sink.seen().isEmpty());

        assertThat(left(sink.notice())).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void heldRequestThatEndsWithTheSameValueIsHeldAgain() throws InterruptedException {
        plain = value("FALSE", "e1");
        start(PREEMPTED);
        for (int i = 1; i <= 3; i++) {
            int expected = i;
            await().until(() -> holds() == expected);
            clock.advance(Duration.ofSeconds(4));
            held.add(value("FALSE", "e1"));
        }
        await().until(() -> holds() == 4);
        assertThat(sink.seen()).containsOnly(Observation.ABSENT);
    }

    @Test
    void watchdogSeesTheChangeWhenTheHeldRequestIsDead() throws InterruptedException {
        plain = value("FALSE", "e1");
        start(PREEMPTED);
        await().until(() -> holds() == 1);
        plain = value("TRUE", "e2");
        clock.awaitSleepers(1);
        clock.advance(Duration.ofMillis(5_500));

        await().until(() -> sink.last() instanceof Observation.Present);
        assertThat(holds()).as("the held request never came back").isEqualTo(1);
    }

    @Test
    void heldRequestThatBreaksIsFollowedByAPlainReadAtOnce() throws InterruptedException {
        plain = value("FALSE", "e1");
        start(PREEMPTED);
        await().until(() -> holds() == 1);
        plain = value("TRUE", "e2");
        held.add(FakeServer.failed(Kind.UNREACHABLE));

        await().until(() -> sink.last() instanceof Observation.Present);
        await().until(() -> holds() == 2);
    }

    @Test
    void failingServerIsAskedAboutOnceASecondByEachOfTheTwo() throws InterruptedException {
        plain = server.status(503, "maintenance");
        start(PREEMPTED);
        clock.run(Duration.ofSeconds(20), 2);
        assertThat(server.count()).isBetween(40L, 60L);
        assertThat(sink.problem().kind()).isEqualTo(Kind.SERVER_ERROR);
        plain = value("TRUE", "e2");
        clock.awaitSleepers(2);
        clock.advance(Duration.ofMillis(1_100));

        await().until(() -> sink.last() instanceof Observation.Present);
    }

    @Test
    void withoutAnEtagTheKeyIsPolledEachSecond() throws InterruptedException {
        plain = server.ok("FALSE");
        start(PREEMPTED);
        clock.run(Duration.ofSeconds(60), 2);

        assertThat(holds()).isZero();
        assertThat(server.count()).isBetween(86L, 102L);
    }

    @Test
    void serverThatNeverHoldsIsNotAskedInATightLoop() throws InterruptedException {
        server.script(request -> value("FALSE", "e" + server.count()));
        start(PREEMPTED);
        clock.run(Duration.ofSeconds(60), 2);

        assertThat(server.count()).isLessThan(100);
    }

    @Test
    void hiddenKeyIsBlindnessAndSaysSo() throws InterruptedException {
        start(PREEMPTED);
        clock.awaitSleepers(2);

        assertThat(sink.problem().kind()).isEqualTo(Kind.DENIED);
        assertThat(sink.problem().message()).contains("404", "hostNetwork: true");
    }

    @Test
    void lostHeaderIsExplained() throws InterruptedException {
        plain = server.status(403, "");
        start(PREEMPTED);
        clock.awaitSleepers(2);

        assertThat(sink.problem().message()).contains("Metadata-Flavor");
    }

    @Test
    void valueThatRevertsIsAbsentAndALaterPreemptionGetsAWindowOfItsOwn() throws InterruptedException {
        plain = value("TRUE", "");
        start(PREEMPTED);
        clock.run(Duration.ofSeconds(5), 2);
        plain = value("FALSE", "");
        clock.run(Duration.ofSeconds(20), 2);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        plain = value("TRUE", "");
        clock.run(Duration.ofSeconds(2), 2);

        assertThat(left(sink.notice())).isGreaterThan(Duration.ofSeconds(27));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "YES", "<html>", "{}", "TRUE FALSE", "\u0000"})
    void otherValuesAreNotUnderstood(String body) throws InterruptedException {
        plain = value(body, "e1");
        start(PREEMPTED);
        clock.awaitSleepers(2);

        assertThat(sink.seen()).hasSize(2);
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void migrationIsAdvisoryAndTerminationIsPlannedAnHourAhead() throws InterruptedException {
        plain = value("MIGRATE_ON_HOST_MAINTENANCE", "");
        start("gcp-maintenance");
        clock.awaitSleepers(2);
        assertThat(sink.notice().finality()).isEqualTo(Finality.ADVISORY);
        plain = value("TERMINATE_ON_HOST_MAINTENANCE", "");
        clock.run(Duration.ofMillis(1_100), 2);
        assertThat(sink.notice().finality()).isEqualTo(new Finality.FinalBefore(Duration.ofMinutes(10)));
        clock.run(Duration.ofMinutes(30), 2);
        assertThat(left(sink.notice())).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30).plusSeconds(2));
        plain = value("NONE", "");
        clock.run(Duration.ofMillis(1_100), 2);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "NONE", "\"NONE\"", " NONE\n", "{\"maintenance_status\": \"COMPLETED\"}"})
    void noUpcomingMaintenanceInAnySpelling(String body) throws InterruptedException {
        plain = server.ok(body);
        start("gcp-upcoming-maintenance");
        clock.awaitSleepers(1);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"can_reschedule\":\"TRUE\",\"type\":\"SCHEDULED\",\"window_start_time\":\"2026-11-26T12:00:00Z\"}",
        "{\"maintenanceStatus\":\"PENDING\",\"type\":\"SCHEDULED\",\"windowStartTime\":\"2026-11-26T12:00:00+00:00\"}",
        "{\"type\":\"SCHEDULED\",\"startTime\":\"2026-11-26T12:00:00Z\",\"windowEndTime\":null}"})
    void upcomingMaintenanceInBothSpellings(String body) throws InterruptedException {
        plain = server.ok(body);
        start("gcp-upcoming-maintenance");
        clock.awaitSleepers(1);

        assertThat(sink.notice().finality()).isInstanceOf(Finality.FinalBefore.class);
        assertThat(left(sink.notice())).isEqualTo(Duration.ofDays(2));
        assertThat(sink.notice().description()).startsWith("SCHEDULED host maintenance from 2026-11-26T12:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"TRUE|STANDARD|true", "TRUE|SPOT|false", "FALSE|STANDARD|false"})
    void lifeCapIsThatOfPreemptibleAndNotOfSpotMachines(String preemptible, String model, boolean capped,
            @TempDir Path root)
            throws InterruptedException, IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/uptime"), "3600.25 100.00\n");
        server.script(request -> server.ok(request.path().endsWith("preemptible") ? preemptible : model));
        start("gcp-life-cap", GcpSettings.defaults(), root);
        clock.awaitSleepers(1);

        if (capped) {
            assertThat(sink.notice().key().kind()).isEqualTo(NoticeKind.END_OF_LIFE);
            assertThat(left(sink.notice())).isEqualTo(Duration.ofHours(23).minusMillis(250));
        } else {
            assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        }
        clock.run(Duration.ofMinutes(10), 1);
        assertThat(server.count(Method.GET, "preemptible")).as("asked until it is known").isEqualTo(1);
    }

    private MetadataAnswer value(String body, String etag) {
        return server.ok(body, etag.isEmpty() ? Map.of() : Map.of("etag", etag));
    }

    private long holds() {
        return server.requests().stream().filter(r -> r.path().contains("wait_for_change")).count();
    }

    private void start(String name) {
        start(name, GcpSettings.defaults());
    }

    private void start(String name, GcpSettings settings) {
        start(name, settings, Path.of("/nowhere"));
    }

    private void start(String name, GcpSettings settings, Path root) {
        NoticeSource source = new GcpSources(settings, server, clock, new Random(5), root).sources()
                .stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
        started = source;
        source.start(sink);
    }

    private Duration left(Notice notice) {
        return Objects.requireNonNull(notice.deadline()).remaining(clock);
    }
}
