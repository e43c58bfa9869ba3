// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The real agent as a process of its own. */
final class AgentProcess implements AutoCloseable {

    /** The first start may build the agent. */
    private static final Duration READY_BOUND = Duration.ofMinutes(10);
    private static final Duration STOP_BOUND = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final AgentFiles files;
    private final HttpGet http = new HttpGet();

    private AgentProcess(Process process, AgentFiles files) {
        this.process = process;
        this.files = files;
    }

    /** Starts one with the configuration in {@code files} and waits until it answers. */
    static AgentProcess start(List<String> command, AgentFiles files) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of("run", "--config", files.configuration().toString()));
        var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(files.log().toFile());
        // The agent takes variables of its own prefix for configuration; the proof's own settings must not reach it.
        builder.environment().keySet().removeIf(name -> name.startsWith("LASTCALL_PROOF_"));
        Process process = builder.start();
        var agent = new AgentProcess(process, files);
        try {
            Await.until("the agent answers (its log: " + files.log() + ")", READY_BOUND, agent::answers);
            return agent;
        } catch (InterruptedException | RuntimeException failure) {
            agent.close();
            throw failure;
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "the agent ended with " + process.exitValue() + " as it started; its log is " + files.log());
        }
        return http.status(files.api().resolve("/healthz")) == 200;
    }

    /** Whether its readiness says that requests may be sent to this node. */
    boolean isReady() {
        return http.status(files.api().resolve("/readyz")) == 200;
    }

    /** The server's part of its status; a missing node where it does not answer. */
    JsonNode server() {
        return JSON.readTree(http.body(files.api().resolve("/v1/status"))).path("servers").path(0);
    }

    /** Where clients send their requests when there is a gate. */
    URI gate() {
        return files.gate();
    }

    /** The record of the drain; a missing node until it is written. */
    JsonNode drainRecord() {
        Path records = files.state().resolve("drains.jsonl");
        try {
            List<String> lines = Files.exists(records) ? Files.readAllLines(records) : List.of();
            return JSON.readTree(lines.isEmpty() ? "{}" : lines.getLast());
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the record of the drain cannot be read", unreadable);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM, and SIGKILL where that is not enough. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, STOP_BOUND.toSeconds(), TimeUnit.SECONDS).join();
        process.destroyForcibly();
        http.close();
    }
}
