// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.lastcall.agent.api.ApiServer;
import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.api.FakeDesk;
import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.api.PreStopHold;
import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.status.view.StatusView.DrainSteps;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.ListenAddress;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class DrainWaitTest {

    private static final Instant SEEN = Instant.parse("2026-11-24T11:30:00.250Z");

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    /** What the agent answers, one after the other; the last one again and again. */
    private final Deque<StatusView> answers = new ArrayDeque<>();
    private ApiServer server;
    private CapturedTerminal terminal;

    @BeforeEach
    void start() throws IOException {
        Path socket = directory.resolve("l.sock");
        server = new ApiServer(vertx, new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.empty(), socket),
                this::next,
                new FakeDesk(), ModelAdmin.NONE, PreStopHold.NONE, new Metrics("1"));
        server.openSocket();
        terminal = new CapturedTerminal(
                Map.of("LASTCALL_API_SOCKET", socket.toString(), "LASTCALL_CONFIG", "/dev/null"));
    }

    @AfterEach
    void stop() {
        server.close();
        vertx.close().await();
    }

    private synchronized StatusView next() {
        return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
    }

    private static DrainView ended(String server, Instant seen, String outcome, @Nullable Long cut, @Nullable Long lost,
            boolean dryRun) {
        return new DrainView(server, "vllm", seen, "operator", "", outcome, Duration.ofSeconds(60),
                Duration.ofSeconds(12), 2, 2L, 2L, 0L, cut, lost, Duration.ofSeconds(48), DrainSteps.NONE, false,
                dryRun, List.of());
    }

    private static StatusView status(Duration left, DrainView... drains) {
        StatusView view = SampleViews.reclaimed();
        List<StatusView.Server> servers = Stream.of("llama", "embed")
                .map(name -> new StatusView.Server(name, "vllm", "http://127.0.0.1:1", "", false, "stopped", 0, null))
                .toList();
        return new StatusView(view.version(), view.at(), view.uptime(), false, view.cloud(), Map.of(), List.of(),
                List.of(), List.of(),
                new ReclamationView("operator", "operator", SEEN, Duration.ofSeconds(60), left), servers, List.of(),
                List.of(drains));
    }

    private int drained(String outcome, @Nullable Long cut, @Nullable Long lost, boolean dryRun) {
        answers.clear();
        answers.add(status(Duration.ofSeconds(30), ended("llama", SEEN, outcome, cut, lost, dryRun),
                ended("embed", SEEN, "drained", 0L, 0L, false)));
        return terminal.run("drain", "--wait");
    }

    @Test
    void onlyADrainWithoutACutOrALossIsAZero() {
        assertThat(drained("drained", 0L, 0L, false)).isZero();
        assertThat(terminal.out().lines().skip(1)).containsExactly("llama: drained after 12s, 0 lost, 0 cut",
                "embed: drained after 12s, 0 lost, 0 cut");
        assertThat(drained("drained", 0L, null, false)).isZero();
        assertThat(terminal.out()).contains("losses are not counted without a gate");

        assertThat(drained("drained", 0L, 1L, false)).isEqualTo(1);
        assertThat(drained("cut", 3L, 0L, false)).isEqualTo(1);
        assertThat(drained("gone", 0L, 0L, false)).isEqualTo(1);
        assertThat(drained("withdrawn", 0L, 0L, false)).isEqualTo(1);
        assertThat(drained("drained", 0L, 0L, true)).isEqualTo(1);
    }

    @Test
    void itWaitsForTheRecordOfEachServerAndOfThisDrain() {
        DrainView old = ended("embed", SEEN.minusSeconds(600), "drained", 0L, 0L, false);
        DrainView llama = ended("llama", SEEN, "drained", 0L, 0L, false);
        answers.add(status(Duration.ofSeconds(50), old));
        answers.add(status(Duration.ofSeconds(50), llama, old));
        answers.add(status(Duration.ofSeconds(50), ended("embed", SEEN, "cut", 1L, 0L, false), llama, old));

        assertThat(terminal.run("drain", "--wait")).isEqualTo(1);
        assertThat(terminal.out()).contains("embed: cut after 12s, 0 lost, 1 cut");
    }

    @Test
    void aDrainThatIsNotOverAfterItsDeadlineIsGivenUp() {
        answers.add(status(Duration.ofSeconds(-20)));

        assertThat(terminal.run("drain", "--wait")).isEqualTo(ExitCode.DEADLINE.code());
        assertThat(terminal.err()).contains("the deadline has passed");
    }

    @Test
    void aDrainThatWasTakenBackIsAFailure() {
        StatusView view = status(Duration.ZERO);
        answers.add(new StatusView(view.version(), view.at(), view.uptime(), false, view.cloud(), Map.of(), List.of(),
                List.of(), List.of(), null, view.servers(), List.of(), List.of()));

        assertThat(terminal.run("drain", "--wait")).isEqualTo(ExitCode.FAILURE.code());
        assertThat(terminal.err()).contains("the drain was taken back");
    }
}
