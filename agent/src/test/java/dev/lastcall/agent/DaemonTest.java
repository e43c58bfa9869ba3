// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The agent as a process, and what signals do to it. */
@Timeout(180)
class DaemonTest {

    private static final Pattern DEADLINE = Pattern.compile("\"deadline\":(\\d+)");

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeModel model;
    private Process server;

    @BeforeEach
    void startServer() throws IOException {
        model = new FakeModel();
        opened.add(model);
        server = new ProcessBuilder("sleep", "600").start();
        opened.add(server::destroyForcibly);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void terminatedWithoutANoticeItLetsRequestsFinishAndLeavesTheServer() throws Exception {
        AgentProcess agent = run(guarded()).ready();
        int gate = agent.gatePort();
        CompletableFuture<Ask.Answer> inFlight = holdOne(gate);

        agent.terminate();

        soon().until(() -> !Ask.isListening(gate));
        assertThat(inFlight).isNotDone();
        model.release();
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(agent.exitCode()).as(agent.err()).isZero();
        assertThat(server.isAlive()).isTrue();
        assertThat(agent.err()).contains("stop signal without a notice");
    }

    @Test
    void terminatedInMidDrainItDrainsToTheEnd() throws Exception {
        AgentText text = guarded();
        AgentProcess agent = run(text).ready();
        int gate = agent.gatePort();
        CompletableFuture<Ask.Answer> inFlight = holdOne(gate);
        drain(text);

        agent.terminate();

        soon().until(() -> agent.err().contains("stop signal in mid-drain"));
        assertThat(Ask.isTurnedAway(gate)).isTrue();
        assertThat(inFlight).isNotDone();
        model.release();
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(agent.exitCode()).as(agent.err()).isZero();
        assertThat(server.onExit().join().exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void killedInMidDrainTheNextOneGoesOnWithDoorClosedAndDeadlineUnchanged() throws Exception {
        AgentText text = guarded();
        AgentProcess first = run(text).ready();
        var _ = holdOne(first.gatePort());
        drain(text);
        soon().until(() -> text.stateFile().toFile().exists());
        long deadline = savedDeadline(text);
        first.kill();
        assertThat(server.isAlive()).isTrue();

        AgentProcess second = run(text).ready();

        assertThat(Ask.isTurnedAway(second.gatePort())).isTrue();
        assertThat(Ask.get(second.apiPort(), "/readyz").status()).isEqualTo(503);
        assertThat(second.err()).contains("restarted in mid-drain").doesNotContain("final notice:");
        assertThat(savedDeadline(text)).isCloseTo(deadline, within(1000L));
        server.onExit().join();
    }

    @Test
    void brokenConfigurationIsReportedWithFileLineAndKey() throws Exception {
        Path config = Files.writeString(directory.resolve("broken.yaml"), "cloud: none\ndrain:\n  setle: 5s\n");
        AgentProcess agent = run(config);

        assertThat(agent.exitCode()).isEqualTo(2);
        assertThat(agent.err()).contains(config + ":3").contains("drain.setle");
    }

    @Test
    void takenPortIsReportedWithItsRemedy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AgentText text = guarded();
            Path config = Files.writeString(directory.resolve("taken.yaml"), text.text()
                    .replace("api: {listen: \"127.0.0.1:0\"", "api: {listen: \"127.0.0.1:" + taken.getLocalPort()
                            + "\""));
            AgentProcess agent = run(config);

            assertThat(agent.exitCode()).isEqualTo(1);
            assertThat(agent.err()).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("set api.listen to another")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void aSecondAgentOnTheSameStateDirectoryIsRefusedAndTouchesNothing() throws Exception {
        AgentText text = guarded();
        AgentProcess first = run(text).ready();

        AgentProcess second = run(text);

        assertThat(second.exitCode()).as(second.err()).isEqualTo(1);
        assertThat(second.err()).contains("another agent (process " + first.pid() + ") works in the state directory")
                .doesNotContain("Exception");
        drain(text);
        server.onExit().join();
    }

    private AgentText guarded() {
        return AgentText.in(directory).server(model, server);
    }

    private AgentProcess run(AgentText text) throws IOException {
        return run(text.write());
    }

    private AgentProcess run(Path config) throws IOException {
        AgentProcess agent = AgentProcess.run(config);
        opened.add(agent);
        return agent;
    }

    private CompletableFuture<Ask.Answer> holdOne(int gate) {
        CompletableFuture<Ask.Answer> answer = Ask.inBackground(gate, "/hold");
        soon().until(() -> model.held() == 1);
        return answer;
    }

    private static void drain(AgentText text) {
        Ask.Answer answer = Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"120s\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    private static long savedDeadline(AgentText text) throws IOException {
        String state = Files.readString(text.stateFile());
        Matcher matcher = DEADLINE.matcher(state);
        assertThat(matcher.find()).as(state).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
