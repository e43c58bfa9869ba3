// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real llama-server as a process of its own. */
final class LlamaServer implements AutoCloseable {

    /** The first start makes the root file system and the model. */
    private static final Duration READY_BOUND = Duration.ofMinutes(10);
    private static final Duration KILL_BOUND = Duration.ofSeconds(10);
    /** Context of one slot, in tokens; the model's own. */
    private static final int CONTEXT = 4096;
    /** The longest answer that a slot has room for beside its prompt. */
    static final int MOST_TOKENS = 4000;

    private final Process process;
    private final URI url;
    private final HttpGet http = new HttpGet();

    private LlamaServer(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts one and waits until it is healthy.
     *
     * @param launcher the script that becomes the server
     * @param slots requests that it works on at a time
     * @param log where it writes what it has to say
     */
    static LlamaServer start(Path launcher, int slots, Path log) throws IOException, InterruptedException {
        int port = Ports.free();
        // One thread of computing, so that the clients and the agent are not starved on a machine of two cores.
        var command = List.of(launcher.toString(), "--port", Integer.toString(port), "--parallel",
                Integer.toString(slots), "--ctx-size", Integer.toString(slots * CONTEXT), "--threads", "1");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        var server = new LlamaServer(process, URI.create("http://127.0.0.1:" + port));
        try {
            Await.until("llama-server is healthy (its log: " + log + ")", READY_BOUND, () -> server.isHealthy());
            return server;
        } catch (InterruptedException | RuntimeException failure) {
            server.close();
            throw failure;
        }
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Runs {@code then} when its process has ended. */
    void onExit(Runnable then) {
        var _ = process.onExit().thenRun(then);
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    private boolean isHealthy() {
        if (!process.isAlive()) {
            throw new IllegalStateException("llama-server ended with " + process.exitValue() + " as it started");
        }
        return http.status(url.resolve("/health")) == 200;
    }

    /** SIGKILL, where it is still there. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(KILL_BOUND.toSeconds(), TimeUnit.SECONDS).join();
        http.close();
    }
}
