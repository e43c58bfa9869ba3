// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.Golden;
import dev.lastcall.agent.api.ApiServer;
import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.api.FakeDesk;
import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.api.PreStopHold;
import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.status.view.StatusView.DrainSteps;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.ListenAddress;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class HistoryTest {

    private static final DrainView LOST = new DrainView("llama", "vllm", Instant.parse("2026-11-23T08:00:00.250Z"),
            "aws-spot/SPOT_INTERRUPTION", "terminate at 08:02:00", "cut", Duration.ofSeconds(120),
            Duration.ofMillis(115_400), 6, 9L, 7L, 12L, 1L, 1L, Duration.ofMillis(4_600),
            new DrainSteps(Duration.ofMillis(1), Duration.ofSeconds(12), null, Duration.ofSeconds(100),
                    Duration.ofSeconds(108)),
            true, false, List.of("the abort call answers 404"));

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private PastDrains.Records records = directory -> List.of(LOST);

    @TempDir
    Path directory;

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true),
                Map.of("LASTCALL_API_SOCKET", directory.resolve("l.sock").toString(), "LASTCALL_CONFIG", "/dev/null"),
                false, 120);
        return new Cli(terminal, (config, lastWord) -> ExitCode.OK).withRecords(records).run(args);
    }

    @Test
    void withoutAnAgentTheRecordsAreListed() {
        assertThat(run("history")).isZero();
        assertThat(out.toString().lines()).hasSize(2)
                .last()
                .asString()
                .matches(" 1  2026-11-23T08:00:00Z  llama +cut +1 +1 +6 +7 +12 +2m00s +4\\.6s  aws-spot/SPOT.*");
        assertThat(run("history", "--json")).isZero();
        assertThat(out.toString().lines()).singleElement()
                .asString()
                .startsWith("{\"drains\":[{\"server\":\"llama\",\"kind\":\"vllm\"")
                .contains("\"lost\":1", "\"closedAfterSeconds\":12.0", "\"killed\":true",
                        "\"problems\":[\"the abort call answers 404\"]");
    }

    @Test
    void theRunningAgentsDrainsComeToThemEachOnceAndTheNewestFirst() throws IOException {
        Vertx vertx = Vertx.vertx();
        List<DrainView> ofAgent = SampleViews.reclaimed().drains();
        records = _ -> List.of(ofAgent.getFirst(), LOST);
        try (ApiServer server = new ApiServer(vertx,
                new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.empty(), directory.resolve("l.sock")),
                SampleViews::reclaimed, new FakeDesk(), ModelAdmin.NONE, PreStopHold.NONE, new Metrics("1"))) {
            server.openSocket();

            assertThat(run("history")).isZero();
            assertThat(out.toString().lines().skip(1).map(line -> line.substring(4, 24))).containsExactly(
                    "2026-11-24T11:29:38Z", "2026-11-23T08:00:00Z", "2026-11-20T03:00:00Z");
            assertThat(run("history", "--limit", "1")).isZero();
            assertThat(out.toString().lines()).hasSize(2);

            records = denied -> {
                throw new AccessDeniedException(denied.toString());
            };
            assertThat(run("history")).isZero();
            assertThat(out.toString().lines()).hasSize(3);
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void whereNeitherCanBeReadBothReasonsAreGiven() {
        records = denied -> {
            throw new AccessDeniedException(denied.toString());
        };

        assertThat(run("history")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(err.toString().lines()).singleElement()
                .asString()
                .contains("may not read the records", "no agent answers", "as root");
    }

    @Test
    void noDrainIsNoFailureOfTheListAndOneOfTheStory() {
        records = _ -> List.of();

        assertThat(run("history")).isZero();
        assertThat(out.toString()).isEqualTo("No drain is on record.\n");
        assertThat(run("explain")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(err.toString()).isEqualTo("lastcall: no drain is on record\n");
    }

    @Test
    void aDrainIsToldAsATimeLine() throws IOException {
        assertThat(run("explain")).isZero();
        Golden.check("explain-lost.txt", out.toString());

        records = _ -> SampleViews.reclaimed().drains();
        assertThat(run("explain", "1")).isZero();
        Golden.check("explain-drained.txt", out.toString());
        assertThat(run("explain", "llama")).isZero();
        Golden.check("explain-withdrawn.txt", out.toString());
        assertThat(run("explain", "2026-11-20T03:00:00Z")).isZero();
        Golden.check("explain-withdrawn.txt", out.toString());
    }

    @Test
    void aDrainIsOneJsonDocumentTheSameAsInTheHistory() {
        records = _ -> List.of(LOST);
        assertThat(run("history", "--json")).isZero();
        String history = out.toString().strip();

        assertThat(run("explain", "--json")).isZero();
        assertThat("{\"drains\":[" + out.toString().strip() + "]}").isEqualTo(history);
        assertThat(run("explain", "nosuch", "--json")).isEqualTo(ExitCode.USAGE.code());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aDrainThatIsNotThereIsWrongUsage() {
        for (String none : List.of("0", "2", "999999", "nosuch")) {
            assertThat(run("explain", none)).isEqualTo(ExitCode.USAGE.code());
            assertThat(err.toString())
                    .isEqualTo("lastcall: there is no drain \"" + none + "\"; lastcall history lists 1\n");
        }
    }
}
