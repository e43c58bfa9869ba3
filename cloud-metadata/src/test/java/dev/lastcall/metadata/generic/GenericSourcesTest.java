// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest.Method;
import dev.lastcall.metadata.testing.FakeServer;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.RecordingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class GenericSourcesTest {

    private static final UrlSettings PLAIN = UrlSettings.of("webhook", Endpoint.http("127.0.0.9"), "/gone");

    private final ManualClock clock = new ManualClock();
    private final FakeServer server = new FakeServer(clock);
    private final RecordingSink sink = new RecordingSink();
    private final Random random = new Random(1);
    private volatile @Nullable MetadataAnswer answer;
    private @Nullable NoticeSource started;

    @TempDir
    private Path root = Path.of("");

    GenericSourcesTest() {
        server.script(request -> request.method() == Method.PUT ? server.ok("token") : answer);
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void urlThatAnswersIsANoticeAnd404IsNone() throws InterruptedException {
        url(PLAIN);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        answer = server.ok("");
        clock.run(Duration.ofMillis(1_100), 1);

        assertThat(sink.notice().finality()).isEqualTo(Finality.FINAL);
        assertThat(left()).isBetween(Duration.ofSeconds(118), Duration.ofMinutes(2));
        answer = server.status(500, "");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.problem().kind()).isEqualTo(Kind.SERVER_ERROR);
    }

    @Test
    void timeIsFoundByAJsonPointer() throws InterruptedException {
        UrlSettings settings = PLAIN.withTime(new TimeField.Pointer("/event/at"), NoticeTimeFormat.USUAL);
        answer = server.ok("{\"event\": {\"at\": \"2026-11-24T12:01:00Z\"}}");
        url(settings);
        assertThat(left()).isEqualTo(Duration.ofMinutes(1));
        answer = server.ok("{\"event\": {\"at\": " + ManualClock.START.plusSeconds(90).getEpochSecond() + "}}");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(left()).isBetween(Duration.ofMillis(88_900), Duration.ofSeconds(90));
        answer = server.ok("{\"event\": {}}");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.notice().description()).contains("no time, 120 s assumed");
        answer = server.ok("<html>");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void tencentsTimeIsThatOfUtcPlusEight() throws InterruptedException {
        answer = server.ok("2026-11-24 20:01:30\n");
        url(UrlSettings.tencent());

        assertThat(left()).isEqualTo(Duration.ofSeconds(90));
        assertThat(server.requests().getFirst())
                .hasToString("GET http://metadata.tencentyun.com/latest/meta-data/spot/termination-time");
        answer = server.ok("no time");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.problem().kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void alibabaIsAskedWithAToken() throws InterruptedException {
        answer = server.ok("2026-11-24T12:04:00Z");
        url(UrlSettings.alibaba());

        assertThat(left()).isEqualTo(Duration.ofMinutes(4));
        assertThat(server.requests().get(0).headers()).containsEntry("X-aliyun-ecs-metadata-token-ttl-seconds",
                "21600");
        assertThat(server.requests().get(1).headers()).containsEntry("X-aliyun-ecs-metadata-token", "token");
    }

    @Test
    void fileThatAppearsIsANotice() throws InterruptedException, IOException {
        Path file = root.resolve("drain-now");
        begin(FileNotice.source(FileSettings.of("file", file), clock, random));
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
        Files.writeString(file, "2026-11-24T12:01:30Z\nbecause of the power\n");
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(left()).isBetween(Duration.ofMillis(88_000), Duration.ofMillis(89_100));
        Files.writeString(file, "\u0000".repeat(10_000));
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(left()).isGreaterThan(Duration.ofSeconds(118));
        Files.delete(file);
        Files.createDirectory(file);
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.last()).isInstanceOf(Observation.Present.class);
        Files.delete(file);
        clock.run(Duration.ofMillis(1_100), 1);
        assertThat(sink.last()).isEqualTo(Observation.ABSENT);
    }

    @Test
    void fileThatCannotBeLookedForIsNotAbsent() throws InterruptedException, IOException {
        Path loop = Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
        begin(FileNotice.source(FileSettings.of("file", loop), clock, random));
        assertThat(sink.problem().kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(sink.problem().message()).contains("loop");
    }

    @Test
    void capacityBlockEndsHalfAnHourEarlyAndFollowsTheCalendarUntilItsLead() throws InterruptedException {
        Instant end = ManualClock.START.plus(Duration.ofHours(5));
        begin(FixedEnd.source(FixedEndSettings.capacityBlock("block", end), root, clock, random));
        assertThat(sink.notice().finality()).isEqualTo(new Finality.FinalBefore(Duration.ofMinutes(10)));
        assertThat(left()).isEqualTo(Duration.ofMinutes(270));

        clock.stepWallTime(Duration.ofHours(1));
        clock.run(Duration.ofSeconds(11), 1);
        assertThat(left()).isBetween(Duration.ofMinutes(209), Duration.ofMinutes(210));

        clock.run(Duration.ofMinutes(201), 1);
        clock.stepWallTime(Duration.ofHours(-3));
        clock.run(Duration.ofMinutes(1), 1);
        assertThat(left()).as("within its lead a step of the calendar moves nothing").isLessThan(Duration.ofMinutes(9));
    }

    @Test
    void endThatTheNodeHasOutlivedIsOnlyPublished() throws InterruptedException {
        begin(FixedEnd.source(FixedEndSettings.capacityBlock("block", ManualClock.START.minusSeconds(86_400)), root,
                clock, random));
        clock.run(Duration.ofMinutes(5), 1);
        assertThat(sink.notice().finality()).isEqualTo(Finality.ADVISORY);
    }

    @Test
    void machineThatIsStoppedAtAnAgeEndsCountedFromItsBoot() throws InterruptedException, IOException {
        begin(FixedEnd.source(FixedEndSettings.maxRun("run", Duration.ofHours(8)), root, clock, random));
        assertThat(sink.problem().message()).contains("proc/uptime");
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/uptime"), "7200.00 1.0");
        clock.run(Duration.ofSeconds(20), 1);
        assertThat(left()).isBetween(Duration.ofMinutes(359), Duration.ofMinutes(360));
    }

    @Test
    void operatorRaisesANoticeAndTakesItBack() {
        List<NoticeEvent> events = new ArrayList<>();
        NoticeBoard board = new NoticeBoard(clock, List.of(events::add));
        ManualNotice operator = ManualNotice.operator(board, clock);
        ManualNotice shutdown = ManualNotice.shutdown(board, clock);
        operator.raise(Duration.ofMinutes(1), "lastcall drain");
        operator.raise(Duration.ofMinutes(5), "again, with more time");
        assertThat(operator.takeBack()).isTrue();
        assertThat(operator.takeBack()).isFalse();
        shutdown.raise(Duration.ofSeconds(24), "the system shuts down");
        assertThat(shutdown.takeBack()).isTrue();

        assertThat(events).extracting(e -> e.getClass().getSimpleName())
                .containsExactly("Noticed", "Withdrawn", "Noticed", "Withdrawn");
    }

    private void url(UrlSettings settings) throws InterruptedException {
        begin(UrlNotice.source(settings, server, clock, random));
    }

    private void begin(NoticeSource source) throws InterruptedException {
        started = source;
        source.start(sink);
        clock.awaitSleepers(1);
    }

    private Duration left() {
        return Objects.requireNonNull(sink.notice().deadline()).remaining(clock);
    }
}
