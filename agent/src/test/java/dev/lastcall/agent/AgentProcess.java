// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/** {@code lastcall run} as a process of its own. */
final class AgentProcess implements AutoCloseable {

    /** A JVM starts within a second; a machine that builds at the same time may need many. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern API = Pattern.compile("ready .*api=\\S*:(\\d+)");
    private static final Pattern GATE = Pattern.compile("\"gate\"\\s*:\\s*\"[^\"]*:(\\d+)\"");

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private AgentProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts one with this configuration, and further options for its JVM. */
    static AgentProcess run(Path config, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "run", "--config",
                config.toString()));
        ProcessBuilder agent = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        // The user who runs the tests may have configured an agent, or a proof, of their own.
        agent.environment().keySet().removeIf(name -> name.startsWith("LASTCALL_"));
        return new AgentProcess(agent.start());
    }

    private void read() {
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                lines.add(line);
            }
        } catch (IOException ended) {
            lines.add("[no more: " + ended + "]");
        }
    }

    /** Waits until it is ready; fails if it ends first. */
    AgentProcess ready() {
        Awaitility.await("ready").atMost(PATIENCE).until(() -> API.matcher(err()).find() || !process.isAlive());
        apiPort();
        return this;
    }

    int apiPort() {
        return found(API, err());
    }

    int gatePort() {
        return found(GATE, Ask.get(apiPort(), "/v1/status").body());
    }

    private static int found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return Integer.parseInt(matcher.group(1));
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGTERM; what it writes after that is still read, which {@link Process#destroy} would not let us. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL and waits for the end. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        exitCode();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + err());
        }
        reader.join(PATIENCE);
        return process.exitValue();
    }

    /** What it has written to standard error. */
    String err() {
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
    }
}
