// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The program under measurement: {@code lastcall run} as the build or the packages have it, started as a process of its own.
 *
 * @param home the folder of the program
 * @param folder where its output goes, and an archive of classes where the program brings none
 */
public record AgentProgram(Path home, Path folder) {

    private static final long START_BOUND_NANOS = 30_000_000_000L;

    /** Whether the program has its own Java and AOT cache beside it. */
    boolean isPackaged() {
        return Files.isExecutable(launcher());
    }

    /** Starts it; {@link #awaitReady} waits until it is ready. */
    public MeasuredProcess start(Path config) throws IOException {
        List<String> command = new ArrayList<>(command());
        command.addAll(List.of("run", "--config", config.toString()));
        return MeasuredProcess.start(log(), command);
    }

    /** What starts the program, before the words for it. */
    List<String> command() {
        return isPackaged()
                ? List.of(launcher().toString())
                : List.of(System.getProperty("java.home") + "/bin/java", "@" + home + "/jvm.options",
                        "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + folder.resolve("classes.jsa"), "-cp",
                        home + "/lib/*", "dev.lastcall.agent.Main");
    }

    public void awaitReady(MeasuredProcess agent) throws IOException {
        long until = System.nanoTime() + START_BOUND_NANOS;
        while (!Files.readString(log()).contains(" ready ")) {
            if (!agent.isAlive() || System.nanoTime() - until > 0) {
                throw new IOException("lastcall run is not ready; it said:\n" + Files.readString(log()));
            }
            LockSupport.parkNanos(2_000_000L);
        }
    }

    /** What it has said since its last start. */
    Path log() {
        return folder.resolve("out");
    }

    private Path launcher() {
        return home.resolve("lastcall");
    }
}
