// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import static org.awaitility.Awaitility.await;

/** A real process with a real child, started from the scripts among the test's resources, in a folder of its own. */
final class ChildServer implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Path directory;
    private final Process process;

    private ChildServer(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    static ChildServer start(Path directory, String takesTerm) throws IOException {
        Path script = install("server.sh", directory);
        Process process = new ProcessBuilder("sh", script.toString(), directory.toString(), takesTerm)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        var server = new ChildServer(directory, process);
        await().atMost(PATIENCE)
                .until(() -> Files.exists(directory.resolve("main.pid"))
                        && !Files.readString(directory.resolve("main.pid")).isBlank());
        return server;
    }

    static Path install(String script, Path directory) throws IOException {
        Path file = directory.resolve(script);
        try (InputStream in = Objects.requireNonNull(ChildServer.class.getResourceAsStream("/stop/" + script))) {
            Files.write(file, in.readAllBytes());
        }
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + file);
        }
        return file;
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running");
        }
        return process.exitValue();
    }

    /** Who got a SIGTERM, in order. */
    List<String> signals() throws IOException {
        Path file = directory.resolve("signals");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        long worker = Long.parseLong(Files.readString(directory.resolve("worker.pid")).strip());
        ProcessHandle.of(worker)
                .filter(handle -> handle.info().commandLine().orElse("worker").contains("worker"))
                .ifPresent(ProcessHandle::destroyForcibly);
    }
}
