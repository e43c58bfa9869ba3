// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.files.StateDirectoryLock;
import dev.lastcall.metadata.NodeClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/** What an agent has opened is closed when a part that comes late cannot be had. */
class FailedStartTest {

    @TempDir
    Path directory;

    private final Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

    @BeforeEach
    void warmUp() throws IOException {
        // What the libraries keep for the process, such as Netty's own threads, is there from now on.
        Agents.start(AgentText.in(directory), NodeClock.system()).close();
        before.addAll(Thread.getAllStackTraces().keySet());
    }

    @Test
    void nothingIsLeftOfOneThatCannotBeMade() {
        AgentText text = new AgentText(directory, "cloud: none", "settleTime: 200ms", """
                servers:
                  - {name: first, url: "http://127.0.0.1:1", gate: {listen: "127.0.0.1:0"}}
                  - {name: second, url: "http://no-such-host.invalid:1", gate: {listen: "127.0.0.1:0"}}
                """);

        assertThatIOException().isThrownBy(() -> Agent.start(text.read(), "test", NodeClock.system()))
                .withMessageContaining("no-such-host.invalid");

        assertNothingIsLeft(text);
    }

    @Test
    void nothingIsLeftOfOneThatCannotBegin() throws IOException {
        int gate = free();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AgentText text = new AgentText(directory, "cloud: none", "settleTime: 200ms", """
                    servers:
                      - {name: first, url: "http://127.0.0.1:1", gate: {listen: "127.0.0.1:%d"}}
                    """.formatted(gate));
            AgentConfig config = config(text, Map.of("LASTCALL_API_LISTEN", "127.0.0.1:" + taken.getLocalPort()));

            assertThatIOException().isThrownBy(() -> Agent.start(config, "test", NodeClock.system()))
                    .withMessageContaining("api.listen");

            assertNothingIsLeft(text);
        }
        try (ServerSocket again = new ServerSocket()) {
            again.setReuseAddress(true);
            again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), gate));
            assertThat(again.isBound()).as("the gate's port is free again").isTrue();
        }
    }

    private static AgentConfig config(AgentText text, Map<String, String> environment) {
        ConfigResult read = ConfigReader.read(new ConfigInputs(text.write(), true, environment, List.of()));
        return ((ConfigResult.Valid) read).config();
    }

    private static int free() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return one.getLocalPort();
        }
    }

    private void assertNothingIsLeft(AgentText text) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread -> !before.contains(thread))
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("vert.x") || name.startsWith("lastcall")));
        try (StateDirectoryLock lock = StateDirectoryLock.take(text.stateDirectory())) {
            assertThat(lock).as("the state directory can be had again").isNotNull();
        } catch (IOException taken) {
            throw new AssertionError(taken);
        }
    }
}
