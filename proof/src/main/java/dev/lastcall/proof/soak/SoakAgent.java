// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.lastcall.proof.Await;
import dev.lastcall.proof.HttpGet;
import dev.lastcall.proof.Ports;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The agent's program as a process of its own, with one gate for each server. */
final class SoakAgent implements AutoCloseable {

    private static final Duration READY_BOUND = Duration.ofSeconds(60);
    private static final Duration STOP_BOUND = Duration.ofSeconds(20);
    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final HttpGet http = new HttpGet();
    private final URI api;
    private final List<Integer> gates;
    private final Path folder;

    private SoakAgent(Process process, URI api, List<Integer> gates, Path folder) {
        this.process = process;
        this.api = api;
        this.gates = gates;
        this.folder = folder;
    }

    /**
     * Starts one and waits until it answers.
     *
     * @param home the folder of the program, such as {@code agent/target/lastcall}
     * @param folder for its configuration, state and log; empty
     */
    static SoakAgent start(Path home, Path folder, URI metadata, List<URI> servers)
            throws IOException, InterruptedException {
        int api = Ports.free();
        List<Integer> gates = new ArrayList<>();
        var text = new StringBuilder("""
                cloud: aws
                stateDirectory: %s
                aws: { endpoints: ["%s"], poll: 250ms, onDemandPoll: 250ms }
                drain: { cutGrace: 9s }
                api: { listen: 127.0.0.1:%d, socket: %s }
                servers:
                """.formatted(folder.resolve("state"), metadata, api, folder.resolve("lastcall.sock")));
        for (URI server : servers) {
            int gate = Ports.free();
            text.append("""
                      - name: soak-%d
                        url: %s
                        kind: generic
                        gate: { listen: 127.0.0.1:%d, door: { at: now, closed: answer } }
                        stop: { command: [touch, %s] }
                    """.formatted(gates.size(), server, gate, stopMark(folder)));
            gates.add(gate);
        }
        Path configuration = folder.resolve("lastcall.yaml");
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(configuration, text);
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home.resolve("jvm.options"), "-cp", home.resolve("lib") + "/*", "dev.lastcall.agent.Main", "run",
                "--config", configuration.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("agent.log").toFile());
        // The proofs' own variables are no keys of the agent's configuration.
        builder.environment().keySet().removeIf(name -> name.startsWith("LASTCALL_PROOF_"));
        Process process = builder.start();
        // A soak that is ended from outside leaves no agent behind.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var agent = new SoakAgent(process, URI.create("http://127.0.0.1:" + api), List.copyOf(gates), folder);
        try {
            Await.until("the agent answers; its log is in " + folder, READY_BOUND, agent::answers);
            return agent;
        } catch (InterruptedException | RuntimeException failure) {
            agent.close();
            throw failure;
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "the agent ended with " + process.exitValue() + "; its log is in " + folder);
        }
        return http.status(api.resolve("/healthz")) == 200;
    }

    /** The ports of its gates. */
    List<Integer> gates() {
        return gates;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its servers as its status has them; empty where it does not answer. */
    JsonNode servers() {
        return JSON.readTree(http.body(api.resolve("/v1/status"))).path("servers");
    }

    /** One figure of its metrics, summed over the servers. */
    long metric(String name, String labels) {
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + "\\{([^}]*)} ([0-9.E+]+)$")
                .matcher(http.body(api.resolve("/metrics")));
        long sum = 0;
        while (line.find()) {
            sum += line.group(1).contains(labels) ? Math.round(Double.parseDouble(line.group(2))) : 0;
        }
        return sum;
    }

    /** Whether the agent has sent a server the stop. */
    boolean hasStopped() {
        return Files.exists(stopMark(folder));
    }

    private static Path stopMark(Path folder) {
        return folder.resolve("stopped");
    }

    /** What its heap holds after a collection, in KiB. */
    long heapKibibytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        long sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
        }
        return sum;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()), command).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + said);
        }
        return said;
    }

    long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return open.count();
        }
    }

    long residentKibibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))
                .stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
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
