// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.Stopper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.lastcall.agent.server.stop.ChildServer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

final class SystemdStopperTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private SystemdStopper stopper(String killMode) throws IOException {
        Files.writeString(directory.resolve("kill-mode"), killMode + "\n");
        Path systemctl = ChildServer.install("systemctl.sh", directory);
        return new SystemdStopper("llama", new SystemdStopper.Host(systemctl.toString(), directory.resolve("units"),
                new ProcessTable(Path.of("/proc"))));
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(directory.resolve("calls"))
                .stream()
                .filter(call -> !call.startsWith("show"))
                .toList();
    }

    private Path dropIn() {
        return directory.resolve("units/llama.service.d/zzz-lastcall.conf");
    }

    @Test
    void signalsTheMainProcessOnlyThoughTheUnitWouldSignalItsGroup() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            SystemdStopper stopper = stopper("control-group");
            assertThat(stopper.isGone()).isFalse();

            assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
            assertThat(calls()).containsExactly("daemon-reload", "stop --no-block llama.service");
            assertThat(dropIn()).content().contains("KillMode=mixed", "Restart=no", "TimeoutStopSec=15");
        }
    }

    @Test
    void leavesUnitAsItIsThatSignalsItsMainProcessOnly() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            SystemdStopper stopper = stopper("mixed");

            stopper.terminate(BOUND);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
            assertThat(calls()).containsExactly("stop --no-block llama.service");
            assertThat(dropIn()).doesNotExist();
        }
    }

    @Test
    void lengthensStopTimeoutThatIsShorterThanTheBudget() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            SystemdStopper stopper = stopper("mixed");

            stopper.terminate(Duration.ofSeconds(100));

            assertThat(dropIn()).content().contains("TimeoutStopSec=105");
            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
        }
    }

    @Test
    void signalsTheMainProcessAndCancelsTheRestartWhereTheUnitCannotBeChanged() throws Exception {
        Files.createFile(directory.resolve("reload-fails"));
        Files.createFile(directory.resolve("restarts"));
        try (var server = ChildServer.start(directory, "obeys")) {
            SystemdStopper stopper = stopper("control-group");
            assertThat(stopper.isGone()).isFalse();

            assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
            assertThat(calls()).containsExactly("daemon-reload", "kill --kill-who=main --signal=SIGTERM llama.service",
                    "stop --no-block llama.service");
        }
    }

    @Test
    void doesNotTakeUnitThatIsAboutToBeRestartedForGone() throws Exception {
        Files.createFile(directory.resolve("restarts"));
        SystemdStopper stopper = stopper("control-group");

        assertThat(stopper.isGone()).isFalse();
        assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);

        await().atMost(PATIENCE).until(stopper::isGone);
        assertThat(directory.resolve("stop-job")).exists();
    }

    @Test
    void killsEveryProcessOfUnitThatIgnoresSigterm() throws Exception {
        try (var server = ChildServer.start(directory, "ignores")) {
            SystemdStopper stopper = stopper("control-group");
            stopper.terminate(BOUND);
            await().atMost(PATIENCE).until(() -> server.signals().contains("main"));
            assertThat(stopper.isGone()).isFalse();

            assertThat(stopper.kill(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(calls()).contains("kill --kill-who=all --signal=SIGKILL llama.service");
            assertThat(server.signals()).containsExactly("main");
        }
    }

    @Test
    void killsByItselfWhenSystemdHangs() throws Exception {
        try (var server = ChildServer.start(directory, "ignores")) {
            SystemdStopper stopper = stopper("mixed");
            assertThat(stopper.isGone()).isFalse();
            Files.createFile(directory.resolve("hangs"));

            assertThat(stopper.kill(Duration.ofMillis(300))).isEqualTo(Stopper.Outcome.DONE);

            assertThat(server.exitCode()).isEqualTo(137);
            await().atMost(PATIENCE).until(stopper::isGone);
        }
    }

    @Test
    void isDoneAtOnceWithUnitThatIsDown() throws Exception {
        SystemdStopper stopper = stopper("control-group");

        assertThat(stopper.isGone()).isTrue();
        assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);
        assertThat(directory.resolve("stop-job")).doesNotExist();
    }

    @Test
    void saysThatTheUnitIsUnknown() throws Exception {
        Files.createFile(directory.resolve("unknown"));
        SystemdStopper stopper = stopper("control-group");

        assertThat(stopper.isGone()).isFalse();
        assertThat(stopper.terminate(BOUND)).isInstanceOfSatisfying(Stopper.Outcome.Failed.class,
                failed -> assertThat(failed.reason()).contains("knows no unit llama.service"));
    }

    @Test
    void takesBackWhatItLeftInTheUnit() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            SystemdStopper stopper = stopper("control-group");
            stopper.terminate(BOUND);
            await().atMost(PATIENCE).until(stopper::isGone);
            Path started = directory.resolve("started");

            var restarter = StopWay.restarter(List.of("touch", started.toString()), stopper);
            assertThat(restarter.restart(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            assertThat(dropIn()).doesNotExist();
            assertThat(calls()).endsWith("daemon-reload");
            assertThat(started).exists();
            assertThat(server.isRunning()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--now", "a b.service", "../x.service", "a;b", ".hidden"})
    void refusesWhatIsNoUnit(String name) {
        assertThatThrownBy(() -> new SystemdStopper(name, SystemdStopper.Host.local()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsSpansOfSystemd() {
        UnitState state = UnitState.parse("LoadState=loaded\nKillMode=mixed\nTimeoutStopUSec=2h 1min 30s 500ms\n");

        assertThat(state.stopTimeout()).hasValue(Duration.ofMillis(7_290_500));
        assertThat(UnitState.parse("TimeoutStopUSec=infinity").stopTimeout()).isEmpty();
        assertThat(UnitState.parse("garbage").exists()).isFalse();
    }
}
