// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.systemd.Systemctl;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
class GracefulShutdownTest {

    private static final String WINDOW_OF_20S = "cloud: none\nnotices: {osShutdownWindow: 20s}";

    @TempDir
    Path directory;

    private FakeModel model;
    private Process process;

    @BeforeEach
    void startServer() throws IOException {
        model = new FakeModel();
        process = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void stopServer() {
        model.close();
        process.destroyForcibly();
    }

    @Test
    void shutdownOfTheOperatingSystemIsANoticeAndTheServerIsDrained() {
        AgentText text = guarded().notices(WINDOW_OF_20S);
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "echo stopping");
        awaitClosedDoor(agent);
        assertThat(agent.reclamation().orElseThrow().window()).isCloseTo(Duration.ofSeconds(20),
                Duration.ofSeconds(1));
        assertThat(ended).isNotDone();

        model.release();

        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.onExit().join().exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void withoutANoticeWhatIsInFlightFinishesAndTheServerIsLeftAlone() {
        AgentText text = guarded();
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "echo running");
        awaitClosedDoor(agent);
        assertThat(ended).isNotDone();

        model.release();

        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.isAlive()).isTrue();
        assertThat(text.stateFile()).doesNotExist();
    }

    @Test
    void shutdownIsNoNoticeWhereThatIsSwitchedOff() {
        AgentText text = guarded().notices("cloud: none\nnotices: {osShutdown: false}");
        Agent agent = Agents.start(text, NodeClock.system());

        ExitCode code = ending(text, agent, "echo stopping").end();

        assertThat(code).isEqualTo(ExitCode.OK);
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void requestThatDoesNotFinishHoldsTheEndUpNoLongerThanConfigured() {
        AgentText text = guarded().drain("finish: 0s");
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);

        ExitCode code = ending(text, agent, "echo running").end();

        assertThat(code).isEqualTo(ExitCode.OK);
        Awaitility.await().until(inFlight::isDone);
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void noticeThatComesWhileClientsFinishIsDrainedForToItsEnd() throws IOException {
        AgentText text = guarded();
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "echo running");
        awaitClosedDoor(agent);

        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"20s\"}");

        Awaitility.await().until(() -> agent.reclamation().isPresent());
        assertThat(ended).isNotDone();
        model.release();
        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.onExit().join().exitValue()).isEqualTo(128 + 15);
        assertThat(Files.readAllLines(text.stateDirectory().resolve("drains.jsonl"))).singleElement()
                .asString()
                .contains("\"outcome\":\"drained\"");
    }

    @Test
    void shutdownOfTheOperatingSystemThatBeginsWhileClientsFinishIsANotice() throws IOException {
        Path state = Files.writeString(directory.resolve("system-state"), "running");
        AgentText text = guarded().notices(WINDOW_OF_20S);
        Agent agent = Agents.start(text, NodeClock.system());
        var _ = holdOne(agent);
        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "cat " + state);
        awaitClosedDoor(agent);

        Files.writeString(state, "stopping");

        Awaitility.await().until(() -> agent.reclamation().isPresent());
        model.release();
        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(process.onExit().join().exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void drainThatIsTakenBackWhileTheAgentEndsLetsWhatIsInFlightFinish() {
        AgentText text = guarded();
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"120s\"}");
        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "echo running");

        Ask.post(text.controlSocket(), "/v1/undrain", "");

        Awaitility.await().until(() -> !takesConnections(agent));
        assertThat(ended).isNotDone();
        model.release();
        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void dryRunThatEndsUnderANoticeLetsWhatIsInFlightFinish() {
        AgentText text = guarded().drain("settleTime: 200ms, dryRun: true");
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"1s\"}");
        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "echo running");
        Awaitility.await().until(() -> !agent.status().drains().isEmpty());
        assertThat(ended).isNotDone();

        model.release();

        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void dryRunThatEndsInMidDrainDoesNotGoOnWithIt() {
        AgentText text = guarded().drain("settleTime: 200ms, dryRun: true");
        Agent agent = Agents.start(text, NodeClock.system());
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"120s\"}");

        CompletableFuture<ExitCode> ended = endInBackground(text, agent, "echo running");

        Awaitility.await().until(() -> !takesConnections(agent));
        assertThat(ended).isNotDone();
        model.release();
        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.isAlive()).isTrue();
    }

    private AgentText guarded() {
        return AgentText.in(directory).server(model, process);
    }

    private CompletableFuture<Ask.Answer> holdOne(Agent agent) {
        CompletableFuture<Ask.Answer> answer = Ask.inBackground(agent.gatePort("model"), "/hold");
        Awaitility.await().until(() -> model.held() == 1);
        return answer;
    }

    /** Whether the gate refuses, or takes no connection any more. */
    private static void awaitClosedDoor(Agent agent) {
        Awaitility.await().until(() -> agent.reclamation().isPresent() || !takesConnections(agent));
    }

    private static boolean takesConnections(Agent agent) {
        return Ask.isListening(agent.gatePort("model"));
    }

    private CompletableFuture<ExitCode> endInBackground(AgentText text, Agent agent, String systemState) {
        var code = new CompletableFuture<ExitCode>();
        GracefulShutdown gracefulShutdown = ending(text, agent, systemState);
        Thread.ofVirtual().start(() -> {
            try {
                code.complete(gracefulShutdown.end());
            } catch (RuntimeException failed) {
                code.completeExceptionally(failed);
            }
        });
        return code;
    }

    private GracefulShutdown ending(AgentText text, Agent agent, String systemState) {
        return new GracefulShutdown(agent, text.read(),
                new OperatingSystem(directory, directory.resolve("absent"),
                        new Systemctl(List.of("sh", "-c", systemState))),
                NodeClock.system());
    }
}
