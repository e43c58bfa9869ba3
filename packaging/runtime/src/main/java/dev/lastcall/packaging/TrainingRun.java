// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.demo.CloudProvider;
import dev.lastcall.agent.demo.CompletionServer;
import dev.lastcall.agent.demo.ReclaimingCloud;
import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.LoadPlan;
import dev.lastcall.testkit.StandInCluster;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;

/**
 * A run of the real daemon from whose classes the AOT cache is made: models warmed, load through the gate, scrapes, a notice,
 * a drain to its end, all of it on a node of a cluster. What it has met starts fast later, the first notice above all: a node
 * has only one.
 */
final class TrainingRun {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final Duration READY_BOUND = Duration.ofSeconds(60);
    private static final Duration WARM_BOUND = Duration.ofSeconds(60);
    private static final Duration DRAIN_BOUND = Duration.ofSeconds(90);
    private static final Duration END_BOUND = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(50);

    /** More than one, so that also what only a second request on a connection meets is met. */
    private static final int SCRAPES = 10;

    private static final String CONFIG = """
            cloud: aws
            stateDirectory: FOLDER/state
            drain: { settleTime: 1s }
            aws: { endpoints: [CLOUD], poll: 250ms, rebalance: { poll: 250ms } }
            servers:
              - name: trained
                url: SERVER
                gate: { listen: 127.0.0.1:0 }
                stop: { pid: PID }
            kubernetes: { node: NODE, apiServer: "CLUSTER", serviceAccount: ACCOUNT }
            relay: { socket: FOLDER/gates/notice.sock }
            api: { listen: 127.0.0.1:0, socket: FOLDER/control.sock }
            cache: { path: FOLDER/models, markers: FOLDER/warm, reserve: 1MiB, quota: 99% }
            models:
              - { name: plain, from: "s3://weights/", endpoint: "BUCKET" }
              - { name: secure, from: "SECURE" }
            """;

    private static final Pattern GATE = Pattern.compile("gate open listen=\\S*:(\\d+)");
    private static final Pattern API = Pattern.compile("ready api=\\S*:(\\d+)");

    private final Path home;
    private final Path folder;

    private TrainingRun(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    /** A run of the program in this home. */
    static TrainingRun of(Path home) throws IOException {
        return new TrainingRun(home, Files.createTempDirectory("lastcall-training"));
    }

    /**
     * Runs the daemon and has it write its cache.
     *
     * @throws IOException if the daemon did not do what it was led to, or wrote no cache
     */
    void write(Path cache) throws IOException, InterruptedException {
        Vertx vertx = Vertx.vertx();
        Process stopped = new ProcessBuilder("sleep", "infinity").start();
        try (CompletionServer server = CompletionServer.start(vertx, 200);
                ReclaimingCloud cloud = ReclaimingCloud.start(CloudProvider.AWS, WINDOW);
                TrainingStore store = TrainingStore.start(folder);
                StandInCluster cluster = new StandInCluster(folder, server.url().getPort())) {
            Files.writeString(folder.resolve("lastcall.yaml"),
                    CONFIG.replace("FOLDER", folder.toString())
                            .replace("CLOUD", cloud.endpoint().toString())
                            .replace("SERVER", server.url().toString())
                            .replace("PID", Long.toString(stopped.pid()))
                            .replace("NODE", StandInCluster.NODE)
                            .replace("CLUSTER", cluster.url().toString())
                            .replace("ACCOUNT", cluster.account().toString())
                            .replace("BUCKET", store.endpoint().toString())
                            .replace("SECURE", store.secureObject().toString()));
            Process daemon = start(cache, store.environment());
            try {
                await("ready", () -> hasSaid(" ready "), daemon, READY_BOUND);
                await("that all models are warm", () -> Files.exists(folder.resolve("warm/_all")), daemon, WARM_BOUND);
                lead(vertx.createHttpClient(), cloud, daemon);
                daemon.destroy();
                if (!daemon.waitFor(END_BOUND.toSeconds(), TimeUnit.SECONDS)) {
                    throw failed("it did not end");
                }
            } finally {
                daemon.destroyForcibly();
            }
        } finally {
            stopped.destroyForcibly();
            vertx.close();
        }
        if (!Files.isRegularFile(cache)) {
            throw failed("it wrote no AOT cache");
        }
        // After a failure it stays, so that a developer can look into it.
        RuntimeBuild.delete(folder);
    }

    /** Leaves out the compilers' profiles: an agent with them has 6 MiB more resident and is ready no sooner. */
    private Process start(Path cache, Map<String, String> environment) throws IOException {
        ProcessBuilder daemon = new ProcessBuilder(List.of(home.resolve("runtime/bin/java").toString(),
                "@" + home.resolve("jvm.options"), "-Djava.library.path=" + home.resolve("lib"), "-Xlog:aot=info",
                "-XX:AOTCacheOutput=" + cache, "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining",
                "-cp", home.resolve(Program.MAIN_JAR).toString(), Program.MAIN_CLASS,
                "run",
                // Not as plain as a service's line, which is read without Picocli: every other command needs that.
                "--config=" + folder.resolve("lastcall.yaml"))).redirectErrorStream(true)
                .redirectOutput(log().toFile());
        // The user that builds this may have configured an agent of their own.
        daemon.environment().keySet().removeIf(name -> name.startsWith("LASTCALL_"));
        daemon.environment().putAll(environment);
        return daemon.start();
    }

    private void lead(HttpClient client, ReclaimingCloud cloud, Process daemon)
            throws IOException, InterruptedException {
        URI completions = URI.create("http://127.0.0.1:" + port(GATE) + "/v1/completions");
        try (LoadGenerator load = new LoadGenerator(LoadPlan.against(completions, 8, 4))) {
            load.start();
            scrape(client);
            cloud.reclaim();
            await("the end of the drain", () -> hasSaid("drain over"), daemon, DRAIN_BOUND);
            scrape(client);
        }
    }

    private void scrape(HttpClient client) throws IOException {
        int api = port(API);
        for (int i = 0; i < SCRAPES; i++) {
            for (String path : List.of("/metrics", "/v1/status", "/healthz", "/readyz", "/doorz", "/")) {
                client.request(HttpMethod.GET, api, "127.0.0.1", path)
                        .compose(request -> request.send().compose(answer -> answer.body()))
                        .await();
            }
        }
    }

    /** A port that the daemon was free to choose, from what it said of it. */
    private int port(Pattern said) throws IOException {
        Matcher found = said.matcher(Files.readString(log()));
        if (!found.find()) {
            throw failed("it did not say where it listens");
        }
        return Integer.parseInt(found.group(1));
    }

    private interface Sign {
        boolean isThere() throws IOException;
    }

    private boolean hasSaid(String word) throws IOException {
        return Files.readString(log()).contains(word);
    }

    private void await(String what, Sign sign, Process daemon, Duration bound)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + bound.toNanos();
        while (!sign.isThere()) {
            if (System.nanoTime() - until > 0) {
                throw failed(what + " did not come within " + bound.toSeconds() + " s");
            }
            if (daemon.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed("it ended before " + what);
            }
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    private IOException failed(String why) throws IOException {
        return new IOException(
                "the training run of the daemon failed: " + why + "; it said:\n" + Files.readString(log()));
    }
}
