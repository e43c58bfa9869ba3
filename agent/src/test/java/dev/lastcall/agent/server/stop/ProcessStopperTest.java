// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.Stopper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.lastcall.agent.server.stop.ChildServer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

final class ProcessStopperTest {

    private static final Duration BOUND = Duration.ofSeconds(5);

    /** The id of a user without rights, which every system has. */
    private static final int UNPRIVILEGED = 65534;

    @TempDir
    Path directory;

    private final ProcessTable table = new ProcessTable(Path.of("/proc"));
    private final SystemdStopper.Host host = new SystemdStopper.Host("none", Path.of("none"), table);

    private Stopper byPid(ChildServer server) {
        return new StopWay.Pid(server.pid()).stopper(host);
    }

    @Test
    void signalsTheMainProcessAndNoOther() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            Stopper stopper = byPid(server);
            assertThat(stopper.isGone()).isFalse();

            assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
        }
    }

    @Test
    void killsServerThatIgnoresSigterm() throws Exception {
        try (var server = ChildServer.start(directory, "ignores")) {
            Stopper stopper = byPid(server);
            stopper.terminate(BOUND);
            await().atMost(PATIENCE).until(() -> server.signals().contains("main"));
            assertThat(stopper.isGone()).isFalse();

            assertThat(stopper.kill(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            await().atMost(PATIENCE).until(stopper::isGone);
        }
    }

    @Test
    void showsTheWordsThatTheProcessWasStartedWith() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            Stopper stopper = byPid(server);
            assertThat(stopper.commandLine()).startsWith("sh", directory.resolve("server.sh").toString())
                    .contains("obeys");

            stopper.kill(BOUND);
            await().atMost(PATIENCE).until(stopper::isGone);

            assertThat(stopper.commandLine()).isEmpty();
        }
    }

    /** As a server whose main process alone ends at SIGTERM. */
    @Test
    void waitsForTheChildrenAndKillsThoseThatStay() throws Exception {
        try (var server = ChildServer.start(directory, "leaves")) {
            Stopper stopper = byPid(server);
            stopper.terminate(BOUND);
            await().atMost(PATIENCE).until(() -> !server.isRunning());
            String worker = Files.readString(directory.resolve("worker.pid")).strip();

            assertThat(stopper.isGone()).isFalse();
            assertThat(stopper.remains()).hasValueSatisfying(said -> assertThat(said)
                    .contains("outlived process " + server.pid() + ": ", worker + " (sh)"));
            assertThat(server.signals()).containsExactly("main");

            assertThat(stopper.kill(BOUND)).isEqualTo(Stopper.Outcome.DONE);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(table.find(Long.parseLong(worker))).isEmpty();
            assertThat(stopper.remains()).isEmpty();
        }
    }

    /** The number of a child that has ended may be another process's by now. */
    @Test
    void killsNoProcessThatHasTheNumberOfAFormerChild() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            var impostor = new ProcessTable.Identity(child.pid(),
                    table.find(child.pid()).orElseThrow().startTicks() - 1);

            assertThat(table.signal(impostor, true)).isEqualTo(Stopper.Outcome.DONE);
            assertThat(child.isAlive()).isTrue();
            assertThat(table.descendants(impostor)).isEmpty();
        } finally {
            child.destroyForcibly();
        }
    }

    /** An agent that its server has started, or that shares its parent, is none of the server's processes. */
    @Test
    void neverCountsTheAgentItselfAmongTheChildren() {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();

        assertThat(table.find(parent).stream().flatMap(process -> table.descendants(process).stream()))
                .noneMatch(process -> process.pid() == ProcessHandle.current().pid());
    }

    @Test
    void takesServerThatKillsItselfAfterSigtermForGone() throws Exception {
        try (var server = ChildServer.start(directory, "kills-itself")) {
            Stopper stopper = byPid(server);

            stopper.terminate(BOUND);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.exitCode()).isEqualTo(137);
        }
    }

    @Test
    void takesZombieForGone() throws Exception {
        // The shell starts a child, and becomes a program that never asks for it; only then the child ends.
        Path go = directory.resolve("go");
        Process parent = new ProcessBuilder("sh", "-c", "sh -c 'while [ ! -f \"$0\" ]; do sleep 0.02; done' '" + go
                + "' & echo $! > '" + directory + "/zombie'; exec sleep 60").start();
        try {
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(directory.resolve("zombie"))
                            && !Files.readString(directory.resolve("zombie")).isBlank());
            long pid = Long.parseLong(Files.readString(directory.resolve("zombie")).strip());
            await().atMost(PATIENCE)
                    .until(
                            () -> Files.readString(Path.of("/proc/" + parent.pid() + "/comm")).strip().equals("sleep"));
            assertThat(table.find(pid)).isPresent();

            Files.createFile(go);

            await().atMost(PATIENCE).until(() -> table.find(pid).isEmpty());
            assertThat(Path.of("/proc/" + pid)).exists();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void neverSignalsAnotherProcessThatHasTheIdNow() throws Exception {
        try (var server = ChildServer.start(directory, "obeys")) {
            ProcessTable.Identity now = table.find(server.pid()).orElseThrow();
            var earlier = new ProcessTable.Identity(now.pid(), now.startTicks() - 100);

            assertThat(table.isAlive(earlier)).isFalse();
            assertThat(table.signal(earlier, true)).isEqualTo(Stopper.Outcome.DONE);

            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void findsNoProcessUnderAnIdThatNoneHas() {
        assertThat(table.find(Long.MAX_VALUE)).isEmpty();
        assertThat(table.find(0)).isEmpty();
        assertThat(table.find(-1)).isEmpty();
        assertThat(table.find(1)).as("init is never ours to stop").isEmpty();
        assertThat(new StopWay.Pid(Long.MAX_VALUE).stopper(host).isGone()).isTrue();
    }

    @Test
    void followsThePidFileUntilAskedToStop() throws Exception {
        Path file = directory.resolve("server.pid");
        Stopper stopper = new StopWay.PidFile(file).stopper(host);
        assertThat(stopper.isGone()).as("a missing file proves nothing").isFalse();
        Files.writeString(file, "999999999\n");
        assertThat(stopper.isGone()).isTrue();
        Files.writeString(file, "garbage");
        assertThat(stopper.isGone()).isTrue();

        Path folder = Files.createDirectory(directory.resolve("s"));
        try (var server = ChildServer.start(folder, "obeys")) {
            Files.writeString(file, server.pid() + "\n");
            assertThat(stopper.isGone()).isFalse();

            stopper.terminate(BOUND);
            Files.delete(file);

            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
        }
    }

    @Test
    void sendsNothingOnTheWordOfAFileThatEverybodyMayWrite() throws Exception {
        Path file = Files.createFile(directory.resolve("server.pid"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Stopper stopper = new StopWay.PidFile(file).stopper(host);
        try (var server = ChildServer.start(directory, "obeys")) {
            Files.writeString(file, server.pid() + "\n");

            assertThat(stopper.obstacle()).hasValueSatisfying(why -> assertThat(why)
                    .contains("not believed", "every user may write " + file));
            assertThat(stopper.terminate(BOUND)).isInstanceOf(Stopper.Outcome.Failed.class);
            assertThat(stopper.kill(BOUND)).isInstanceOf(Stopper.Outcome.Failed.class);
            assertThat(stopper.isGone()).as("a server that is not known is not gone").isFalse();
            assertThat(server.isRunning()).isTrue();

            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(stopper.obstacle()).as("a file that was put right is believed").isEmpty();
            assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);
            await().atMost(PATIENCE).until(stopper::isGone);
            assertThat(server.signals()).containsExactly("main");
        }
    }

    @Test
    void believesAnotherUsersFileOnlyAboutThatUsersProcesses() throws Exception {
        assumeTrue(table.processPermissions().isRoot(), "only root gives files away");
        Path file = Files.createFile(directory.resolve("server.pid"));
        Stopper stopper = new StopWay.PidFile(file).stopper(host);
        try (var roots = ChildServer.start(directory, "obeys")) {
            Files.writeString(file, roots.pid() + "\n");
            Files.setAttribute(file, "unix:uid", UNPRIVILEGED);

            assertThat(stopper.terminate(BOUND)).isInstanceOfSatisfying(Stopper.Outcome.Failed.class,
                    failed -> assertThat(failed.reason()).contains("of user " + UNPRIVILEGED, "nothing is sent"));
            assertThat(roots.isRunning()).isTrue();
            assertThat(roots.signals()).isEmpty();
        }
        Process unprivileged = new ProcessBuilder("setpriv", "--reuid=" + UNPRIVILEGED, "--clear-groups", "sleep", "60")
                .start();
        try {
            await().atMost(PATIENCE).until(() -> table.belongsTo(unprivileged.pid(), UNPRIVILEGED));
            Files.writeString(file, unprivileged.pid() + "\n");

            assertThat(stopper.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);
            await().atMost(PATIENCE).until(stopper::isGone);
        } finally {
            unprivileged.destroyForcibly();
        }
    }

    @Test
    void takesAProcessThatItHasStoppedForGoneOnlyWhereNoDoubtfulFileNamesAnother() throws Exception {
        Path file = directory.resolve("server.pid");
        Stopper stopper = new StopWay.PidFile(file).stopper(host);
        try (var before = ChildServer.start(directory, "obeys")) {
            Files.writeString(file, before.pid() + "\n");
            assertThat(stopper.isGone()).isFalse();
        }
        await().atMost(PATIENCE).until(stopper::isGone);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(stopper.isGone()).isFalse();
        assertThat(stopper.terminate(BOUND)).isInstanceOf(Stopper.Outcome.Failed.class);
    }

    @Test
    void takesServerWhosePidFileNeverCameForGoneOnceAskedToStopAndSaysSo() {
        Stopper stopper = new StopWay.PidFile(directory.resolve("none")).stopper(host);

        assertThat(stopper.terminate(BOUND)).isInstanceOf(Stopper.Outcome.Failed.class);

        assertThat(stopper.isGone()).isTrue();
    }

    @Test
    void stopsByCommandWithinItsBound() throws IOException {
        Stopper good = new StopWay.Command(List.of("sh", "-c", "exit 0")).stopper(host);
        assertThat(good.isGone()).isFalse();
        assertThat(good.terminate(BOUND)).isEqualTo(Stopper.Outcome.DONE);
        assertThat(good.isGone()).isTrue();

        Stopper bad = new StopWay.Command(List.of("sh", "-c", "echo no such container; exit 3")).stopper(host);
        assertThat(bad.terminate(BOUND)).isInstanceOfSatisfying(Stopper.Outcome.Failed.class,
                failed -> assertThat(failed.reason()).contains("ended with 3", "no such container"));
        assertThat(bad.isGone()).isFalse();
        assertThat(bad.kill(BOUND)).isInstanceOf(Stopper.Outcome.Failed.class);

        Stopper slow = new StopWay.Command(List.of("sleep", "60")).stopper(host);
        assertThat(slow.terminate(Duration.ofMillis(200))).isInstanceOfSatisfying(Stopper.Outcome.Failed.class,
                failed -> assertThat(failed.reason()).contains("still running after 200 ms"));

        Stopper missing = new StopWay.Command(List.of("/does/not/exist")).stopper(host);
        assertThat(missing.terminate(BOUND)).isInstanceOf(Stopper.Outcome.Failed.class);
    }

    @Test
    void readsOnlyTheBeginningOfEndlessOutput() {
        assertThat(BoundedCommand.run(List.of("sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' x; exit 4"), BOUND))
                .isInstanceOfSatisfying(BoundedCommand.Result.Ended.class, ended -> {
                    assertThat(ended.exitCode()).isEqualTo(4);
                    assertThat(ended.output()).hasSizeLessThanOrEqualTo(8192);
                });
    }
}
