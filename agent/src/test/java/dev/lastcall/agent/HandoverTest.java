// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.systemd.FakeSystemd;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.agent.systemd.Systemctl;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** An agent that is restarted by systemd: what is in flight finishes, and who comes in between waits for the next one. */
@Timeout(120)
class HandoverTest {

    @TempDir
    Path directory;

    private FakeModel model;
    private Process process;
    private FakeSystemd systemd;

    @BeforeEach
    void start() throws IOException {
        model = new FakeModel();
        process = new ProcessBuilder("sleep", "600").start();
        systemd = FakeSystemd.on(directory.resolve("notify").toString());
    }

    @AfterEach
    void stop() {
        systemd.close();
        model.close();
        process.destroyForcibly();
    }

    @Test
    void clientsWaitInTheKeptSocketFromOneAgentToTheNext() throws IOException {
        AgentText text = AgentText.in(directory).server(model, process);
        Agent first = start(text, systemd.manager());
        int port = first.gatePort("model");
        FakeSystemd.Word kept = systemd.await("FDSTORE=1");
        assertThat(kept.text()).isEqualTo("FDSTORE=1\nFDNAME=gate-model");
        CompletableFuture<Ask.Answer> inFlight = Ask.inBackground(port, "/hold");
        Awaitility.await().until(() -> model.held() == 1);

        GracefulShutdown restart = ending(text, first, "1 lastcall.service restart running");
        CompletableFuture<ExitCode> ended = CompletableFuture
                .supplyAsync(() -> restart.end());
        systemd.await("STOPPING=1");
        CompletableFuture<Ask.Answer> meanwhile = Ask.inBackground(port, "/");
        model.release();
        assertThat(ended.join()).isEqualTo(ExitCode.OK);
        CompletableFuture<Ask.Answer> between = Ask.inBackground(port, "/");

        Agent second = start(text, systemd.manager("gate-model", kept.descriptor().orElseThrow()));
        try {
            assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
            assertThat(meanwhile.join().status()).isEqualTo(200);
            assertThat(between.join().status()).isEqualTo(200);
            assertThat(second.gatePort("model")).isEqualTo(port);
            assertThat(process.isAlive()).isTrue();
            assertThat(systemd.words()).extracting(FakeSystemd.Word::text)
                    .noneMatch(word -> word.startsWith("FDSTOREREMOVE"))
                    .filteredOn(word -> word.startsWith("FDSTORE=1"))
                    .hasSize(1);
        } finally {
            second.close();
        }
        assertThat(Ask.isListening(port)).isFalse();
    }

    @Test
    void aStopForGoodLeavesNoClientWaiting() throws IOException {
        AgentText text = AgentText.in(directory).server(model, process);
        Agent agent = start(text, systemd.manager());
        systemd.await("FDSTORE=1");

        assertThat(ending(text, agent, "1 lastcall.service stop running").end()).isEqualTo(ExitCode.OK);

        assertThat(systemd.await("FDSTOREREMOVE=1").text()).isEqualTo("FDSTOREREMOVE=1\nFDNAME=gate-model");
    }

    @Test
    void systemdIsNotifiedOfWhatTheAgentDoes() throws IOException {
        Agent agent = start(AgentText.in(directory).server(model, process), systemd.manager());
        try {
            // Nothing is watched here, and the line says so.
            assertThat(systemd.await("STATUS=").text()).startsWith("STATUS=watching none: model open, 0 in flight");
            systemd.await("READY=1");
        } finally {
            agent.close();
        }
    }

    private static Agent start(AgentText text, ServiceManager manager) throws IOException {
        return Agent.start(text.read(), "test", NodeClock.system(), OperatingSystem.current(), manager);
    }

    private GracefulShutdown ending(AgentText text, Agent agent, String job) throws IOException {
        Path groups = Files.writeString(directory.resolve("cgroup"), "0::/system.slice/lastcall.service\n");
        return new GracefulShutdown(agent, text.read(),
                new OperatingSystem(directory, groups, new Systemctl(List.of("sh", "-c", "echo '" + job + "'"))),
                NodeClock.system());
    }
}
