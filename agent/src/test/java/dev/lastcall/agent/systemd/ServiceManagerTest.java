// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What systemd hears, on a socket as it would make it. */
class ServiceManagerTest {

    @TempDir
    Path directory;

    @Test
    void wordsArriveOnASocketOfTheFileSystem() {
        hears(directory.resolve("notify").toString());
    }

    @Test
    void wordsArriveOnAnAbstractSocket() {
        hears("@lastcall-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    }

    private static void hears(String address) {
        try (FakeSystemd systemd = FakeSystemd.on(address)) {
            ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", address));
            manager.status("draining,\n24 s left");
            manager.ready();
            manager.alive();
            manager.extend(Duration.ofSeconds(15));
            manager.stopping();
            systemd.await("STOPPING=1");

            assertThat(systemd.words()).extracting(FakeSystemd.Word::text)
                    .containsExactly("STATUS=draining, 24 s left", "READY=1", "WATCHDOG=1",
                            "EXTEND_TIMEOUT_USEC=15000000", "STOPPING=1");
        }
    }

    @Test
    void withoutASocketNothingIsSaidAndNothingFails() {
        ServiceManager manager = ServiceManager.of(Map.of("WATCHDOG_USEC", "1000000"));
        manager.ready();

        assertThat(manager.isThere()).isFalse();
        assertThat(manager.watchdog()).isEmpty();
        assertThat(manager.runtimeDirectory()).isEmpty();
    }

    @Test
    void aSocketThatIsGoneOrOddDoesNotStopTheAgent() {
        ServiceManager.of(Map.of("NOTIFY_SOCKET", directory.resolve("absent").toString())).ready();
        assertThat(ServiceManager.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234")).isThere()).isFalse();
    }

    @Test
    void theWatchdogIsMeantForOneProcess() {
        String self = Long.toString(ProcessHandle.current().pid());
        assertThat(watchdog(self, "30000000")).contains(Duration.ofSeconds(30));
        assertThat(watchdog("1", "30000000")).isEmpty();
        assertThat(watchdog(self, "-1")).isEmpty();
        assertThat(watchdog(self, "soon")).isEmpty();
    }

    private Optional<Duration> watchdog(String pid, String micros) {
        return ServiceManager
                .of(Map.of("NOTIFY_SOCKET", directory.resolve("n").toString(), "WATCHDOG_PID", pid, "WATCHDOG_USEC",
                        micros, "RUNTIME_DIRECTORY", "/run/lastcall:/run/other"))
                .watchdog();
    }

    @Test
    void socketsAreTakenByNameOnceAndOnlyByTheProcessTheyAreMeantFor() {
        Map<String, String> environment = Map.of("LISTEN_PID", "77", "LISTEN_FDS", "3", "LISTEN_FDNAMES",
                "gate-a:gate-b:gate-a");
        assertThat(StoredSockets.of(environment, 78, 3).take("gate-a")).isEmpty();
        StoredSockets stored = StoredSockets.of(environment, 77, 3);
        assertThat(stored.take("gate-b")).hasValue(4);
        assertThat(stored.take("gate-b")).isEmpty();
        assertThat(stored.take("gate-a")).hasValue(3);
        assertThat(stored.take("gate-c")).isEmpty();
    }

    @Test
    void oddNumbersOfSocketsAreNoSockets() {
        for (String count : List.of("-3", "x", "")) {
            assertThat(StoredSockets.of(Map.of("LISTEN_PID", "7", "LISTEN_FDS", count, "LISTEN_FDNAMES", "a"), 7, 3)
                    .take("a")).isEmpty();
        }
    }
}
